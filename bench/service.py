"""The service under test, in a process of its own. Only the agent and the messenger are not real.

Prints its port first (0 for a worker). At the end, prints JSON: when it began, when the agent was called, when replies
were sent, its peak memory, and the longest stall of its event loop.
"""

import asyncio
import contextlib
import json
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click
from attrs import define, evolve, field
from dependency_injector import providers

from adapters.memory.messenger import MemoryMessenger
from application.channels import Channels
from application.ports.agent import AgentAnswer
from bench.webhooks import CHANNEL, NUMBER, SECRET
from domain.messages.parts import Part
from domain.people.person import Person
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.lifecycle import Role, run, stopped_by_signals
from entrypoints.cli.common import run as run_on_uvloop
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import (
    AgentsSettings,
    HttpSettings,
    Secret,
    ServiceSettings,
    Settings,
    WhatsAppSettings,
    WorkerSettings,
)

TICK_SECONDS = 0.005


@define(kw_only=True)
class BenchAgent:
    """Records when each message reached it. A call takes `seconds`, or until the service is told to stop."""

    seconds: float
    stopping: asyncio.Event
    calls: dict[str, int] = field(factory=dict)

    @property
    def supports_images(self) -> bool:
        return False

    async def run(self, *, context: Mapping[str, object], **_: object) -> AgentAnswer:
        now = time.monotonic_ns()
        message_ids = context["message_ids"]
        assert isinstance(message_ids, list)
        self.calls.update(dict.fromkeys(message_ids, now))
        if self.seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), self.seconds)
        return AgentAnswer(text="Yes, and by Thursday.")

    async def agents(self) -> tuple[str, ...]:
        return ("bench",)


@define(kw_only=True)
class BenchMessenger(MemoryMessenger):
    """Records when it sent, and stops the service after so many `turns`."""

    turns: int | None
    stopping: asyncio.Event
    sent_at: list[int] = field(factory=list)

    async def send(self, *, part: Part, to: Person, reference: str) -> str:
        message_id = await super().send(part=part, to=to, reference=reference)
        self.sent_at.append(time.monotonic_ns())
        if len(self.sent_at) == self.turns:
            self.stopping.set()
        return message_id


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


def settings(store: str, *, concurrency: int) -> Settings:
    whatsapp = WhatsAppSettings(
        name=CHANNEL,
        default_agent="bench",
        verify_token=Secret("fake-verify-token"),
        access_token=Secret("fake-access-token"),
        phone_number_id=NUMBER,
        app_secret=(Secret(SECRET),),
        debounce_seconds=0,
    )
    service = ServiceSettings(
        store=store,
        data_dir=Path("unused"),
        agents=AgentsSettings(url="http://unused"),
        http=HttpSettings(port=0),
        worker=WorkerSettings(concurrency=concurrency),
    )
    return Settings(service=service, channels=(whatsapp,))


async def serve(*, store: str, role: Role, agent_seconds: float, turns: int | None, concurrency: int) -> None:
    container = Container(settings=settings(store, concurrency=concurrency))
    stopping = container.stopping()
    agent = BenchAgent(seconds=agent_seconds, stopping=stopping)
    messenger = BenchMessenger(turns=turns, stopping=stopping)
    channels = [evolve(channel, messenger=messenger) for channel in container.channels()]
    with (
        container.agent.override(providers.Object(agent)),
        container.channels.override(providers.Object(Channels.of(channels))),
        stopped_by_signals(stopping),
    ):
        if role is Role.WORKER:
            say_port("", 0)
        stalls, began = Stalls(), time.monotonic_ns()
        watching = asyncio.create_task(stalls.watch())
        await run(container, role=role, ready=say_port)
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


def say_port(_host: str, port: int) -> None:
    print(port, flush=True)


@click.command()
@click.option("--store", required=True, help="Its address.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="all")
@click.option("--agent-seconds", type=float, default=0.0)
@click.option("--turns", type=int, help="Stop after so many.")
@click.option("--concurrency", type=int, default=WorkerSettings().concurrency, help="Turns under way at once.")
def main(store: str, role: str, agent_seconds: float, turns: int | None, concurrency: int) -> None:
    configure_logging("warning")
    serving = serve(store=store, role=Role(role), agent_seconds=agent_seconds, turns=turns, concurrency=concurrency)
    run_on_uvloop(serving)


if __name__ == "__main__":
    main()
