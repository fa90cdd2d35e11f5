"""One trace for each turn, read at a collector: from the webhook to the read tick, over two processes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.agents_relay import running_relay
from support.http_server import ScriptedServer
from support.otlp_collector import Collected, Collector, running_collector
from support.polling import eventually
from support.service import CREDENTIALS, Service, trunkline, write_config
from support.simulator import ANA, RunningSimulator

QUESTION = "What is my secret wish?"


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with running_collector() as collector:
        yield collector


@pytest.fixture
async def agents(agents_url: str) -> AsyncIterator[ScriptedServer]:
    async with running_relay(agents_url) as relay:
        yield relay.server


@pytest.fixture
async def roles(
    tmp_path: Path, store_url: str, meta: RunningSimulator, agents: ScriptedServer, collector: Collector
) -> AsyncIterator[tuple[Service, Service]]:
    """A process that takes webhooks, and one that answers. Both send their spans to the collector."""
    config = write_config(tmp_path / "config", graph_url=meta.url, store=store_url, agents_url=agents.url)
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_SERVICE_NAME": "company-chat",
        "OTEL_BSP_SCHEDULE_DELAY": "50",
    }
    web, worker = (Service(config, role=role, environ=environ) for role in ("web", "worker"))
    try:
        for service in (web, worker):
            await service.start()
        meta.point_at(web.webhook_url)
        yield web, worker
    finally:
        await worker.close()
        await web.close()


def logged(service: Service, event: str) -> dict[str, object]:
    lines = (json.loads(line) for line in service.log.splitlines() if line.startswith("{"))
    return next(line for line in lines if line["event"] == event)


async def test_from_the_webhook_to_the_read_tick(
    roles: tuple[Service, Service], meta: RunningSimulator, agents: ScriptedServer, collector: Collector
) -> None:
    """Each step is in the trace of the message, below the step that led to it. No span has a word of anybody."""
    _, worker = roles
    await meta.write(QUESTION)
    await eventually(meta.answers)
    (await meta.http.post(f"/phone/{ANA}/read")).raise_for_status()

    def statuses() -> set[object]:
        return {span.attributes["trunkline.status"] for span in collector.named("delivery status")}

    await eventually(lambda: statuses() == {"sent", "delivered", "read"})
    (turn,) = collector.named("answer turn")
    spans = {span.span_id: span for span in collector.spans if span.trace_id == turn.trace_id}

    def path(span: Collected) -> list[str]:
        return [*(path(spans[span.parent_id]) if span.parent_id else []), span.name]

    webhook, answer = "receive webhook", "answer turn"
    assert {tuple(path(span)) for span in spans.values()} == {
        (webhook,),
        (webhook, "wait in store"),
        (webhook, answer),
        (webhook, answer, "run agent"),
        (webhook, answer, "send part"),
        (webhook, answer, "send part", "delivery status"),
    }
    assert {span.service for span in collector.spans} == {"company-chat"}
    assert [span for span in collector.spans if span.failed] == []
    (run,) = collector.named("run agent")
    (asked,) = (head.decode().lower() for head in agents.requests if b"/run " in head)
    assert f"traceparent: 00-{run.trace_id}-{run.span_id}-" in asked
    assert turn.attributes["trunkline.outcome"] == "answered"
    assert logged(worker, "turn ended")["trace_id"] == turn.trace_id
    assert b"secret wish" not in collector.bodies
    assert ANA.encode() not in collector.bodies


async def test_a_collector_that_is_away_holds_nothing_up(
    tmp_path: Path, store_url: str, meta: RunningSimulator, agents_url: str
) -> None:
    """Messages are answered, and the service stops in time."""
    config = write_config(tmp_path / "config", graph_url=meta.url, store=store_url, agents_url=agents_url)
    service = Service(config, environ={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    await service.start()
    meta.point_at(service.webhook_url)
    try:
        await meta.write("Hello")
        await eventually(meta.answers)
    finally:
        await service.close()

    assert service.process is not None
    assert service.process.wait(0) == 0
    assert "Traceback" not in service.log


async def test_a_protocol_that_is_not_spoken_is_refused(tmp_path: Path) -> None:
    """With the fix, and before anything starts."""
    config = write_config(tmp_path / "config", graph_url="http://127.0.0.1:9", store="embedded", agents_url="http://x")
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}

    ended = await trunkline("serve", "--config-dir", str(config), environ={**CREDENTIALS, **environ})

    assert ended.returncode == 1
    assert "OTEL_EXPORTER_OTLP_PROTOCOL names another protocol; set it to http/protobuf" in ended.stderr
    assert "Traceback" not in ended.stderr
