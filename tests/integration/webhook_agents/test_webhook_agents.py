"""A service whose agent is a program behind an address: from a phone to the answer."""

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from support.polling import eventually
from support.ports import free_ports
from support.service import CREDENTIALS, Service, running_service, write_config
from support.simulator import ANA, RunningSimulator, running_simulator
from support.store import embedded_store
from support.webhook_agents import SECRET, Says, webhook_agents

DOCUMENT = Path(__file__).parents[3] / "docs/agents.md"
OPERATOR = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}


@pytest.fixture
async def meta() -> AsyncIterator[RunningSimulator]:
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as simulator:
        yield simulator


@contextlib.asynccontextmanager
async def service_with(webhook: str, meta: RunningSimulator, directory: Path) -> AsyncIterator[Service]:
    agents = {"webhook": webhook, "secret": SECRET, "allow_private": True, "timeout_seconds": 5}
    async with embedded_store(directory / "store") as store:
        config = write_config(directory, graph_url=meta.url, store=store, agents_url="", keys={"agents": agents})
        async with running_service(config) as service:
            meta.point_at(service.webhook_url)
            yield service


@pytest.fixture
def example(tmp_path: Path) -> Iterator[str]:
    """The program in the documentation, running; yields its address."""
    (port,) = free_ports(1)
    file = tmp_path / "agent.py"
    file.write_text(_program().replace("9000", str(port)), encoding="utf-8")
    environ = {**os.environ, "AGENT_SECRET": SECRET}
    process = subprocess.Popen([sys.executable, str(file)], env=environ, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


async def test_the_program_of_the_documentation_answers(example: str, meta: RunningSimulator, tmp_path: Path) -> None:
    """It gets texts and files, and is ready for the probes."""
    async with service_with(example, meta, tmp_path / "config") as service:
        await eventually(lambda: _is_ready(service))
        await meta.write("hello")
        await eventually(meta.answers)
        await meta.write_message(type="document", content={"filename": "bill.pdf"})
        await eventually(lambda: _count(meta, 2))

    first, second = await meta.answers()
    assert first == "You said: hello"
    assert second.endswith(" (bill.pdf)")


async def test_an_agent_is_asked_again_and_may_answer_later(meta: RunningSimulator, tmp_path: Path) -> None:
    """After a failure with the same turn. After a 202 by the operators' route, once."""
    async with (
        webhook_agents("whatsapp-assistant", script={"hello": Says(status=503)}) as agent,
        service_with(agent.url, meta, tmp_path / "config") as service,
    ):
        await meta.write("hello")
        await eventually(lambda: agent.turns)
        agent.script = {"hello": Says(status=202)}
        await eventually(lambda: len(agent.turns) >= 2)
        first, again = agent.turns[:2]
        late = {"to": again["context"]["sender"], "messages": [{"text": "Here it is."}]}
        headers = {**OPERATOR, "Idempotency-Key": again["turn_id"]}
        answers = [
            await service.http.post(f"{service.url}/v1/channels/whatsapp/messages", headers=headers, json=late)
            for _ in range(2)
        ]
        await eventually(meta.answers)
        await meta.write("thanks")
        await eventually(lambda: _count(meta, 2))

    assert first["turn_id"] == again["turn_id"]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert await meta.answers() == ["Here it is.", "You said: [we wrote: Here it is.]\nthanks"]
    assert agent.forged == 0


async def test_a_turn_that_is_refused_is_a_dead_letter(meta: RunningSimulator, tmp_path: Path) -> None:
    """As with any agent: the person gets an apology, and the operator sees why."""
    async with (
        webhook_agents("whatsapp-assistant", script={"hello": Says(status=422)}) as agent,
        service_with(agent.url, meta, tmp_path / "config") as service,
    ):
        await meta.write("hello")
        await eventually(meta.answers)

        async def letters() -> list[dict[str, object]]:
            answer = await service.http.get(f"{service.url}/v1/dead-letters", headers=OPERATOR)
            return list(answer.json()["items"])

        await eventually(letters)
        assert "HTTP 422" in str((await letters())[0]["reason"])
        assert len(agent.turns) == 1


async def _is_ready(service: Service) -> bool:
    return (await service.http.get(f"{service.url}/readyz")).status_code == 200


async def _count(meta: RunningSimulator, count: int) -> bool:
    return len(await meta.answers(number=ANA)) >= count


def test_the_example_is_short() -> None:
    """Somebody can read it at a glance."""
    assert len(_program().splitlines()) <= 25


def _program() -> str:
    return DOCUMENT.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
