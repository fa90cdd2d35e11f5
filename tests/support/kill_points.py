"""A real worker or web process that is stopped at an exact point.

It is composed like the service itself, with proxies around its ports. Right before or after the n-th call of a step, a
signal goes to the process itself or to another one, such as the store.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from attrs import asdict, define, evolve, frozen, has
from dependency_injector import providers

from application.channels import Channels
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.lifecycle import Role, run
from entrypoints.bootstrap.signals import stopped_by_signals
from entrypoints.bootstrap.wiring import Wiring
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import Settings
from support.port_proxy import Call, PortProxy


@frozen(kw_only=True)
class Point:
    """Before or after the n-th call of a step. With `about`, only calls whose arguments mention it count."""

    step: str
    moment: str
    number: int = 1
    about: str = ""

    @classmethod
    def parse(cls, text: str) -> "Point":
        """From "send after 1" or "run before 1 poison"."""
        step, moment, number, *about = text.split()
        return cls(step=step, moment=moment, number=int(number), about=" ".join(about))


@define(kw_only=True)
class Stopper:
    """Sends `signal_number` to `pid` when the point is reached."""

    point: Point
    signal_number: int
    pid: int
    calls: int = 0

    def passes(self, step: str, moment: str, arguments: dict[str, object]) -> None:
        at = self.point
        if (step, moment) == (at.step, at.moment) and at.about in _written_out(arguments):
            self.calls += 1
            if self.calls == at.number:
                os.kill(self.pid, self.signal_number)


def _written_out(arguments: dict[str, object]) -> str:
    """What was given, with the fields that values do not show in logs."""
    return repr([asdict(value) if has(type(value)) else value for value in arguments.values()])


@frozen
class Watched(PortProxy):
    """A port whose steps pass the stopper before and after."""

    port: Any
    stopper: Stopper

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        self.stopper.passes(name, "before", arguments)
        answer = await call(**arguments)
        self.stopper.passes(name, "after", arguments)
        return answer


def composed(settings: Settings, stopper: Stopper | None) -> Container:
    """The service, with the stopper around every port that a message passes on its way, or an erasure."""
    container = Container(settings=settings)
    if stopper is None:
        return container
    channels = [
        evolve(channel, messenger=Watched(channel.messenger, stopper), media=Watched(channel.media, stopper))  # type: ignore[arg-type]
        for channel in container.channels()
    ]
    container.channels.override(providers.Object(Channels.of(channels)))
    # The mailbox is made before, so that it stores proposals directly.
    for port in (
        container.mailbox,
        container.intake,
        container.agent,
        container.proposals,
        container.forgetting,
        container.personal_data,
    ):
        port.override(providers.Object(Watched(port(), stopper)))
    if (receiver := container.proposal_receiver()) is not None:
        container.proposal_receiver.override(providers.Object(Watched(receiver, stopper)))
    return container


@frozen(kw_only=True)
class KillPoint:
    """Where a process is stopped, and how. Without a point it is not stopped. `pid`: which process, else itself."""

    at: str = ""
    signal_number: int = signal.SIGKILL
    pid: int | None = None

    def stopper(self) -> Stopper | None:
        if not self.at:
            return None
        return Stopper(point=Point.parse(self.at), signal_number=self.signal_number, pid=self.pid or os.getpid())


def serve(
    *,
    config_dir: Path,
    environ: Mapping[str, str],
    role: str,
    kill_point: KillPoint,
    log_file: Path,
    address: Connection,
) -> None:
    """The process: it serves until SIGTERM or its kill point. A web process sends the address that it listens on."""
    with log_file.open("w") as log:
        os.dup2(log.fileno(), sys.stderr.fileno())
    settings = load_settings(config_dir=config_dir, environ=environ)
    configure_logging(settings.service.log_level)
    asyncio.run(_serve(composed(settings, kill_point.stopper()), Role(role), address))


async def _serve(container: Container, role: Role, address: Connection) -> None:
    with stopped_by_signals(container.stopping()):
        await run(Wiring(container), role=role, ready=lambda host, port: address.send(f"http://{host}:{port}"))
