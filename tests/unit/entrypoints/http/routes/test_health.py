"""Probes and metrics."""

import asyncio

import httpx
import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.backlog import MemoryBacklogReader
from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.memory.mailbox import MemoryMailbox
from application.answering.agent_runtimes import AgentRuntimes
from application.ports.agent import AgentFailedError
from application.ports.backlog import Backlog
from application.ports.breaker_store import Breaker
from application.ports.store import StoreDefect, StoreUnavailableError
from domain.policies.retry import AgentFailure
from entrypoints.http.routes import health
from support.http_services import FakeServices
from support.messages import enqueued


class AwayAgents:
    async def agents(self) -> tuple[str, ...]:
        raise AgentFailedError(AgentFailure.NOT_READY, "http://astromesh:8000 says 503")


class SilentAgents:
    async def agents(self) -> tuple[str, ...]:
        await asyncio.Event().wait()
        return ()


class AwayBreakerStore(MemoryBreakerStore):
    async def status(self, *, channel: str) -> Breaker:
        raise StoreUnavailableError(channel)


class SilentBreakerStore(MemoryBreakerStore):
    async def status(self, *, channel: str) -> Breaker:
        await asyncio.Event().wait()
        return Breaker()


class AwayBacklog:
    async def read(self) -> Backlog:
        raise StoreUnavailableError("redis://store: connection refused")


async def breaker_gauge(client: httpx.AsyncClient) -> list[str]:
    """The value of the gauge, if there is one."""
    lines = (await client.get("/metrics")).text.splitlines()
    return [line.split()[1] for line in lines if line.startswith('trunkline_circuit_breaker_open{channel="whatsapp"}')]


async def test_alive_whatever_is_away() -> None:
    """A restart does not repair a store."""
    behind = FakeServices()
    behind.mailbox.away = True

    async with behind.client() as client:
        answer = await client.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_not_ready_with_a_store_that_loses_messages() -> None:
    """It answers, and takes messages. A store that only warns is ready."""
    behind = FakeServices()
    evicts = StoreDefect(name="evicts", message="it evicts", fix="fix it")

    found = [evicts, evolve(evicts, name="not durable", loses_messages=False)]

    async def defects() -> tuple[StoreDefect, ...]:
        return tuple(found)

    async with behind.client(store_defects=defects) as client:
        unsafe = await client.get("/readyz")
        found.remove(evicts)
        safe = await client.get("/readyz")

    assert (unsafe.status_code, unsafe.json()["parts"]["store"]) == (503, "loses messages: evicts")
    assert safe.status_code == 200


async def test_ready_with_store_and_agents() -> None:
    """200 when messages can be stored and answered."""
    async with FakeServices().client() as client:
        answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "fetching": {}})


async def test_ready_names_a_channel_whose_updates_cannot_be_fetched() -> None:
    """What other channels deliver can be stored all the same, so it is still 200."""
    problem = {"telegram": "Telegram does not accept the bot token; copy it again from @BotFather"}

    async with FakeServices().client(fetching=lambda: problem) as client:
        answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["fetching"]) == (200, problem)


async def test_not_ready_names_the_store() -> None:
    """503 names the part, without the driver's words."""
    behind = FakeServices()
    behind.mailbox.away = True

    async with behind.client() as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {"store": "unreachable", "agents": "ok", "service": "ok"}
    assert "hunter2" not in answer.text


async def test_not_ready_names_the_agents() -> None:
    """With the classified failure, without the address."""
    async with FakeServices().client(runtimes=AgentRuntimes.single(AwayAgents())) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["agents"] == "not_ready"
    assert "astromesh" not in answer.text


async def test_each_of_several_runtimes_has_its_name() -> None:
    """One that is away is named, and the others are not blamed."""
    runtimes = AgentRuntimes({"main": ScriptedAgent(), "billing": AwayAgents()})

    async with FakeServices().client(runtimes=runtimes) as client:
        answer = await client.get("/readyz")

    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert (parts["agents.main"], parts["agents.billing"]) == ("ok", "not_ready")


async def test_a_part_that_never_answers_does_not_delay_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part has its own short time-out."""
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.02)

    async with FakeServices().client(runtimes=AgentRuntimes.single(SilentAgents())) as client:
        answer = await client.get("/readyz")

    assert answer.json()["parts"]["agents"] == "no answer"


async def test_not_ready_while_stopping() -> None:
    """So a load balancer stops sending requests before the process ends."""
    behind = FakeServices()
    behind.stopping.set()

    async with behind.client() as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["service"] == "stopping"


async def test_requests_are_counted_by_route_template() -> None:
    """Unknown addresses do not become label values."""
    async with FakeServices().client() as client:
        await client.get("/v1/channels/one/webhook")
        await client.get("/v1/channels/two/webhook")
        answer = await client.get("/metrics")

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    labels = 'method="GET",route="/v1/channels/{channel}/webhook"'
    assert f'trunkline_http_requests_total{{{labels},status="404"}} 2.0' in answer.text
    assert f"trunkline_http_response_seconds_count{{{labels}}} 2.0" in answer.text


async def test_two_applications_count_apart() -> None:
    """They share no counter."""
    async with FakeServices().client() as one, FakeServices().client() as other:
        await one.get("/livez")
        counted = (await other.get("/metrics")).text

    assert 'route="/livez"' not in counted


async def test_an_open_circuit_breaker_is_in_the_metrics() -> None:
    """Whichever process opened it, and as long as it is open."""
    behind = FakeServices()
    async with behind.client() as client:
        values = [await breaker_gauge(client)]
        await behind.breaker.open(channel="whatsapp", reason="190", seconds=60)
        values.append(await breaker_gauge(client))
        await behind.breaker.close(channel="whatsapp")
        values.append(await breaker_gauge(client))

    assert values == [["0.0"], ["1.0"], ["0.0"]]


@pytest.mark.parametrize("breaker_store", [AwayBreakerStore(), SilentBreakerStore()])
async def test_metrics_work_while_the_store_is_away(
    breaker_store: MemoryBreakerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the store knows is left out. That it is away can be seen."""
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.02)
    async with FakeServices(breaker_store=breaker_store).client() as client:
        answer = await client.get("/metrics")
        gauge = await breaker_gauge(client)

    assert "trunkline_messages_total" in answer.text
    assert "trunkline_store_up 0.0" in answer.text
    assert gauge == []


async def test_the_backlog_is_in_the_metrics() -> None:
    """For each channel, also when nothing waits there."""
    mailbox = MemoryMailbox()
    await mailbox.accept(messages=[enqueued(channel="sales")])

    async with FakeServices().client(backlog=MemoryBacklogReader(mailbox)) as client:
        text = (await client.get("/metrics")).text

    assert 'trunkline_waiting_conversations{channel="sales"} 1.0' in text
    assert 'trunkline_waiting_conversations{channel="whatsapp"} 0.0' in text
    assert 'trunkline_waiting_messages{channel="sales"} 1.0' in text
    assert 'trunkline_oldest_waiting_seconds{channel="whatsapp"} 0.0' in text
    assert "trunkline_dead_letters 0.0" in text
    assert "trunkline_store_up 1.0" in text


async def test_metrics_without_a_backlog() -> None:
    """The store went away: its gauges have no value."""
    async with FakeServices().client(backlog=AwayBacklog()) as client:
        text = (await client.get("/metrics")).text

    assert "trunkline_waiting_conversations{" not in text
    assert "trunkline_store_up 0.0" in text
