"""The service under test, in a process of its own.

With `--graph-url` and `--agents-url` all of it is real. Without them, the agent and the messenger are stand-ins in this
process. Prints its port first (0 for a worker). At the end, prints JSON: when it began, when the stand-in for the agent
was called, when the one for the messenger sent, its peak memory, and the longest stall of its event loop.
"""

import asyncio
import contextlib
import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from attrs import define, evolve, field
from dependency_injector import providers

from adapters.memory.messenger import MemoryMessenger
from application.channels import Channels
from application.ports.agent import AgentAnswer, AgentRun
from application.ports.messenger import SentMessage
from bench.ready import say_port
from bench.webhooks import CHANNEL, NUMBER, SECRET
from domain.messages.outbound import Part
from domain.people.person import Person
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.lifecycle import Role, run
from entrypoints.bootstrap.signals import stopped_by_signals
from entrypoints.bootstrap.wiring import Wiring
from entrypoints.cli.common import run as run_on_uvloop
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import (
    AgentsSettings,
    HttpSettings,
    Secret,
    ServiceSettings,
    Settings,
    WorkerSettings,
)
from entrypoints.settings.whatsapp import WhatsAppSettings

TICK_SECONDS = 0.005
UNUSED_URL = "http://unused"
# At the end of a measurement nobody waits for the turns that are left.
GRACE_SECONDS = 0.5


@define(kw_only=True)
class BenchAgent:
    """Records when each message reached it. A call takes `seconds`."""

    seconds: float
    calls: dict[str, int] = field(factory=dict)

    @property
    def supports_images(self) -> bool:
        return False

    @property
    def supports_files(self) -> bool:
        return False

    async def run(self, run: AgentRun) -> AgentAnswer:
        now = time.monotonic_ns()
        message_ids = run.context["message_ids"]
        assert isinstance(message_ids, list)
        self.calls.update(dict.fromkeys(message_ids, now))
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return AgentAnswer(text="Yes, and by Thursday.")

    async def agents(self) -> tuple[str, ...]:
        return ("bench",)


@define(kw_only=True)
class BenchMessenger(MemoryMessenger):
    """Records when it sent, and stops the service after so many `turns`."""

    turns: int | None
    stopping: asyncio.Event
    sent_at: list[int] = field(factory=list)

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        sent = await super().send(part=part, to=to, reference=reference)
        self.sent_at.append(time.monotonic_ns())
        if len(self.sent_at) == self.turns:
            self.stopping.set()
        return sent


@define
class Stalls:
    """Ticks, and records by how much a tick was late at most. For so long, the event loop did nothing else."""

    longest_seconds: float = 0.0

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            self.longest_seconds = max(self.longest_seconds, loop.time() - due)


@define
class StandIns:
    """Put an agent and a messenger in this process in the place of the container's."""

    agent: BenchAgent
    messenger: BenchMessenger

    @contextlib.contextmanager
    def installed(self, container: Container) -> Iterator[None]:
        channels = [evolve(channel, messenger=self.messenger) for channel in container.channels()]
        with (
            container.agent.override(providers.Object(self.agent)),
            container.channels.override(providers.Object(Channels.of(channels))),
        ):
            yield


def settings(
    *, store: str, concurrency: int, graph_url: str | None, agents_url: str | None, messages_per_second: float
) -> Settings:
    whatsapp = WhatsAppSettings(
        name=CHANNEL,
        default_agent="bench",
        verify_token=(Secret("fake-verify-token"),),
        access_token=Secret("fake-access-token"),
        phone_number_id=NUMBER,
        app_secret=(Secret(SECRET),),
        debounce_seconds=0,
        api_url=graph_url or UNUSED_URL,
        messages_per_second=messages_per_second,
    )
    service = ServiceSettings(
        store=store,
        data_dir=Path("unused"),
        agents=AgentsSettings(url=agents_url or UNUSED_URL),
        http=HttpSettings(port=0),
        worker=WorkerSettings(concurrency=concurrency, grace_seconds=GRACE_SECONDS),
    )
    return Settings(service=service, channels=(whatsapp,))


async def serve(container: Container, *, role: Role, agent_seconds: float, turns: int | None, real: bool) -> None:
    stopping = container.stopping()
    agent = BenchAgent(seconds=agent_seconds)
    messenger = BenchMessenger(turns=turns, stopping=stopping)
    stand_ins = contextlib.nullcontext() if real else StandIns(agent, messenger).installed(container)
    with stand_ins, stopped_by_signals(stopping):
        if role is Role.WORKER:
            say_port("", 0)
        stalls, began = Stalls(), time.monotonic_ns()
        # Where the processor time of the service is measured, nothing else may use any.
        watching = None if real else asyncio.create_task(stalls.watch())
        await run(Wiring(container), role=role, ready=say_port)
        if watching:
            watching.cancel()
    report = {
        "began": began,
        "calls": agent.calls,
        "sent_at": messenger.sent_at,
        "peak_megabytes": _peak_megabytes(),
        "longest_stall": stalls.longest_seconds * 1000,
    }
    print(json.dumps(report))


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


@click.command()
@click.option("--store", required=True, help="Its address.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="all")
@click.option("--agent-seconds", type=float, default=0.0)
@click.option("--turns", type=int, help="Stop after so many.")
@click.option("--concurrency", type=int, default=WorkerSettings().concurrency, help="Turns under way at once.")
@click.option("--graph-url", help="Send through this Graph API.")
@click.option("--agents-url", help="Run agents of this server.")
@click.option("--messages-per-second", type=float, default=80.0, help="What the number may send and receive.")
def main(role: str, agent_seconds: float, turns: int | None, **options: Any) -> None:
    configure_logging("warning")
    container, real = Container(settings=settings(**options)), options["graph_url"] is not None
    run_on_uvloop(serve(container, role=Role(role), agent_seconds=agent_seconds, turns=turns, real=real))
