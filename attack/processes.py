"""The service as its users run it, and everything outside of it, each in a process of its own."""

import asyncio
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import yaml
from attrs import define, frozen

from attack.plan import (
    ACCESS_TOKEN,
    ADMIN_TOKEN,
    APP_SECRET,
    CHANNEL,
    TOOLS_SECRET,
    TRANSCRIBER_KEY,
    VERIFY_TOKEN,
    Family,
    Plan,
)
from chaos.processes import COMMAND, PHONE_NUMBER_ID, DidNotStartError, Store, killed_at_exit

ROOT = Path(__file__).parents[1]
END_SECONDS = 30.0
# What a shell and a service manager give a process unless told otherwise; the hard limit stays as it is.
USUAL_DESCRIPTORS = 1024
# A load that has had its time still counts what it threw.
LOAD_ENDS_SECONDS = 20.0


def write_config(directory: Path, *, outside: str) -> Path:
    """One number and the shipped defaults, except for values that would only make the run wait."""
    channel = {
        "verify_token": VERIFY_TOKEN,
        "access_token": ACCESS_TOKEN,
        "phone_number_id": PHONE_NUMBER_ID,
        "app_secret": APP_SECRET,
        "default_agent": "scripted",
        "api_url": outside,
        "debounce_seconds": 0,
        "rate_limit": None,
        "messages_per_second": 1000,
    }
    service = {
        "data_dir": str(directory / "data"),
        "agents": {"url": outside},
        "transcriber": {"url": outside, "model": "scripted", "api_key": TRANSCRIBER_KEY},
        "tools": {"secret": TOOLS_SECRET, "send_messages": True, "files_url": "http://127.0.0.1:1"},
        "admin_token": ADMIN_TOKEN,
    }
    (directory / "channels.yaml").write_text(yaml.safe_dump({"channels": {CHANNEL: channel}}))
    (directory / "service.yaml").write_text(yaml.safe_dump(service))
    return directory


@define(eq=False)
class Process:
    """A child that prints its address in its first line, `... http://host:port`."""

    process: asyncio.subprocess.Process
    address: str

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def stop(self) -> bool:
        """End it. Returns whether it ended in time. If not, it is killed."""
        self.send(signal.SIGTERM)
        try:
            async with asyncio.timeout(END_SECONDS):
                await self.process.wait()
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.process.wait()
            return False
        return True


async def _started(*command: str | Path, log: Path) -> Process:
    """A session of its own: Ctrl-C reaches only this process, which then ends the others."""
    with log.open("w") as stderr:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=stderr, start_new_session=True
        )
    assert process.stdout is not None  # noqa: S101
    line = (await process.stdout.readline()).decode().strip()
    if not line:
        raise DidNotStartError(log.read_text()[-2000:])
    return Process(process, line.split(" ")[-1])


def _environment() -> dict[str, str]:
    """No settings from outside. The webhook shapes are those of the tests."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TRUNKLINE_")}
    paths = [str(ROOT / "tests"), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(paths)}


@contextlib.contextmanager
def _few_descriptors() -> Iterator[None]:
    """Children started now get the usual soft limit."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(USUAL_DESCRIPTORS, before[1]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@frozen(kw_only=True)
class Target:
    """The service, what is outside of it, and where the service logs."""

    service: Process
    outside: Process
    log: Path


@contextlib.asynccontextmanager
async def running(plan: Plan, directory: Path) -> AsyncIterator[Target]:
    """Start both. No process outlives the block.

    Raises:
        DidNotStartError: one of them did not start.
    """
    log, store = directory / "service.log", Store(directory=directory / "data" / "store")
    python = sys.executable
    outside = await _started(
        "nice", "-n5", python, "-m", "attack.outside", f"--seed={plan.seed}", log=directory / "outside.log"
    )
    with killed_at_exit(outside, store):
        config = write_config(directory, outside=outside.address)
        with _few_descriptors():
            service = await _started(COMMAND, "serve", "--config-dir", config, "--port=0", log=log)
        with killed_at_exit(service):
            yield Target(service=service, outside=outside, log=log)
            await service.stop()
        outside.send(signal.SIGKILL)
        await outside.process.wait()


async def throw(plan: Plan, family: Family, target: Target, *, log: Path) -> dict[str, Any]:
    """Send one family from a process of its own. Returns the results."""
    seconds = plan.seconds(family)
    options = {"family": family, "seed": plan.seed, "count": plan.inputs(family), "port": target.service.port}
    more = {"outside": target.outside.address, "seconds": seconds}
    arguments = [f"--{name}={value}" for name, value in {**options, **more}.items()]
    with log.open("w") as stderr:
        load = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "attack.load", *arguments),
            cwd=ROOT,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    with killed_at_exit(Process(load, "")):
        async with asyncio.timeout(seconds + LOAD_ENDS_SECONDS):
            data, _ = await load.communicate()
    if load.returncode != 0:
        raise DidNotStartError(f"the load of {family}: {log.read_text()[-2000:]}")
    return dict(json.loads(data))
