"""Several processes of the service on one machine: `trunkline serve --processes`.

They share one listening socket: a connection that waits is accepted by any of them, also when one dies. The embedded
store belongs to the supervisor, so it outlives each process.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import structlog
from attrs import define, field

from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.lifecycle import Role, refuse_hidden_store
from entrypoints.bootstrap.signals import RELOAD, on_signal, stopped_by_signals
from entrypoints.bootstrap.store import running_store
from entrypoints.bootstrap.supervision import Supervision
from entrypoints.http.server.errors import CannotServeError
from entrypoints.http.server.serving import GRACE_SECONDS, Ready, listen
from entrypoints.observability.shared_processes import SHARED_METRICS, forget_process, process_file
from entrypoints.settings import Settings, refuse_exposed

FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.1, 10.0
# A process that ran for so long is started again without a long pause.
STEADY_SECONDS = 30.0
# For the end of a process after its grace time; then it is killed.
MARGIN_SECONDS = 10.0
COMMAND = (sys.executable, "-c", "from entrypoints.cli import main; main()", "serve", "--supervised")

logger = structlog.get_logger(__name__)


def one_process_per_core() -> int:
    """How many processes use all cores that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


async def serve_processes(
    settings: Settings,
    *,
    config_dir: Path,
    role: Role,
    probes: bool,
    count: int,
    options: Sequence[str] = (),
    ready: Ready | None = None,
) -> None:
    """Serve with `count` processes until SIGTERM or SIGINT. `ready` is called when all of them answer.

    `options` are those of the command line that replace settings.

    Raises:
        ConfigurationError, EmbeddedStoreError: as `lifecycle.serve`.
        CannotServeError: the address cannot be listened on, or a process ended before it was ready.
    """
    refuse_exposed(settings)
    refuse_hidden_store(settings, role)
    http, container = settings.service.http, Container(settings=settings)
    supervision = Supervision.by(settings, store_url=container.store_url())
    with contextlib.ExitStack() as stack:
        stack.enter_context(stopped_by_signals(container.stopping()))
        metrics = stack.enter_context(tempfile.TemporaryDirectory(prefix="trunkline-metrics-"))
        listens = probes or role is not Role.WORKER
        listener = stack.enter_context(listen(http.host, http.port)) if listens else None
        supervisor = Supervisor(
            command=[*COMMAND, "--config-dir", str(config_dir), "--role", role.value, *options],
            environ={**os.environ, SHARED_METRICS: metrics, **supervision.variables()},
            count=count,
            grace_seconds=max(GRACE_SECONDS, settings.service.worker.grace_seconds) + MARGIN_SECONDS,
            listener=listener,
            pids=Path(metrics),
            ready=ready,
            stopping=container.stopping(),
        )
        stack.enter_context(on_signal(signal.SIGHUP, supervisor.reload))
        async with running_store(container):
            await supervisor.run()


@define(kw_only=True)
class Supervisor:
    """Keeps `count` processes of `command` running until `stopping` is set, and then ends them.

    With a listener, a process is ready when it has printed a line, and `ready` is called when all are. A process must
    stop when its standard input ends: that is how it learns that this one was killed. It reads its configuration again
    when it gets the line `RELOAD`, and prints it when somebody asked it to do so: then the others follow. `pids` is a
    directory with the ids of those that run, for the metrics.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    count: int
    grace_seconds: float
    listener: socket.socket | None
    pids: Path
    ready: Ready | None
    stopping: asyncio.Event
    _were_ready: set[int] = field(factory=set, init=False)
    _running: dict[int, Process] = field(factory=dict, init=False)

    async def run(self) -> None:
        """Raises CannotServeError when a process ends before it was ready for the first time. The others are ended."""
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(1, self.count + 1):
                    group.create_task(self._keep_running(number))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    def reload(self, *, but: int | None = None) -> None:
        """Have all processes read their configuration again, `but` one. One that starts now reads it anyway."""
        for number, process in self._running.items():
            if number != but and process.stdin and not process.stdin.is_closing():
                process.stdin.write(f"{RELOAD}\n".encode())

    async def _keep_running(self, number: int) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self.stopping.is_set():
            began = time.monotonic()
            code = await self._run_once(number)
            if self.stopping.is_set():
                return
            if self.listener and number not in self._were_ready:
                self.stopping.set()
                raise CannotServeError(f"process {number} ended before it was ready; its log says why")
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            logger.error("process ended; it is started again", process=number, code=code, pause_seconds=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)

    async def _run_once(self, number: int) -> int:
        """The exit code of one process, or minus the number of the signal that killed it."""
        command, descriptors = list(self.command), []
        if self.listener:
            descriptors = [self.listener.fileno()]
            command += ["--listener", str(self.listener.fileno())]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=self.environ, pass_fds=descriptors
        )
        process_file(self.pids, process.pid).touch()
        self._running[number] = process
        parts = [asyncio.create_task(part) for part in (self._watch(number, process), self.stopping.wait())]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._running[number]
            await self._end(process)
            forget_process(self.pids, process.pid)
            for part in parts:
                part.cancel()
        return await process.wait()

    async def _watch(self, number: int, process: Process) -> None:
        """Read the output of the process until it ends."""
        stdout = cast("asyncio.StreamReader", process.stdout)
        while line := await stdout.readline():
            if line.strip() == RELOAD.encode():
                self.reload(but=number)
                continue
            self._were_ready.add(number)
            if self.listener and self.ready and len(self._were_ready) == self.count:
                self.ready(*self.listener.getsockname()[:2])
                self.ready = None
        await process.wait()

    async def _end(self, process: Process) -> None:
        """Tell a process to stop, and kill it after its time."""
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self.grace_seconds):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
