"""The store and the servers under test, each in a process of its own, for as long as a `with` lasts."""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from attrs import define, field
from redis import Redis

from adapters.redis.embedded import EmbeddedStore

END_SECONDS = 60.0


@contextlib.contextmanager
def store() -> Iterator[str]:
    """The address of an empty store that syncs every write to the disk, as a single machine has it by default.

    It never rewrites its file: a rewrite that one side has caused would slow the other one.
    """
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as directory:
        embedded = EmbeddedStore(directory=Path(directory))
        asyncio.run(embedded.start())
        with Redis.from_url(embedded.url) as client:
            client.config_set("auto-aof-rewrite-percentage", 0)
        try:
            yield embedded.url
        finally:
            asyncio.run(embedded.stop())


@define
class Server:
    """A module that prints its port at the start and a report at the end."""

    process: subprocess.Popen[str]
    port: int
    report: dict[str, Any] = field(factory=dict)

    @property
    def processor_seconds(self) -> float:
        """The processor time that it has taken so far, in all its threads."""
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    @property
    def wake_ups(self) -> int:
        """How often its event loop has slept so far: the voluntary context switches of its main thread."""
        return int(psutil.Process(self.process.pid).num_ctx_switches().voluntary)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> dict[str, Any]:
        """Wait for its end, and return its report.

        Raises:
            RuntimeError: it failed; stderr says why.
        """
        if not self.report:
            output, _ = self.process.communicate(timeout=END_SECONDS)
            if self.process.returncode != 0:
                raise RuntimeError(f"{self.process.args} ended with {self.process.returncode}")
            self.report = json.loads(output)
        return self.report

    def stop(self) -> dict[str, Any]:
        self.process.terminate()
        return self.wait()


@contextlib.contextmanager
def server(module: str, **options: object) -> Iterator[Server]:
    """Run `bench.<module>` with these options, from when it is ready until the end of the block."""
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "bench.run_module", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            if not first:
                raise RuntimeError(f"bench.{module} did not start")
            yield Server(process, int(first))
        finally:
            process.terminate()
            try:
                process.communicate(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
