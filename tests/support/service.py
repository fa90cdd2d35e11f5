"""The service as its users run it: the command `trunkline`, in a process of its own."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import httpx
import yaml
from attrs import define, field

from support.forking import ForkedCommand, run_forked
from support.simulator import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN

COMMAND = Path(sys.executable).with_name("trunkline")
PHONE_NUMBER_ID = "100000000000001"
CREDENTIALS = {
    "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
    "WHATSAPP_ACCESS_TOKEN": ACCESS_TOKEN,
    "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
    "WHATSAPP_APP_SECRET": APP_SECRET,
    "TRUNKLINE_ADMIN_TOKEN": "fake-admin-token",
}


def write_config(
    directory: Path,
    *,
    graph_url: str,
    store: str,
    agents_url: str,
    worker: Mapping[str, object] | None = None,
    keys: Mapping[str, object] | None = None,
    **channel: object,
) -> Path:
    """The guide's channel, pointed at a simulator. `channel` adds to its keys, `keys` to those of the service."""
    entry: dict[str, object] = {
        "verify_token": "${WHATSAPP_VERIFY_TOKEN}",
        "access_token": "${WHATSAPP_ACCESS_TOKEN}",
        "phone_number_id": "${WHATSAPP_PHONE_NUMBER_ID}",
        "app_secret": "${WHATSAPP_APP_SECRET}",
        "default_agent": "whatsapp-assistant",
        "api_url": graph_url,
        "debounce_seconds": 0,
    }
    service = {
        "store": store,
        "data_dir": str(directory / "data"),
        "agents": {"url": agents_url},
        "worker": {"lease_seconds": 2, "grace_seconds": 3, "confirm_seconds": 5, **(worker or {})},
        "admin_token": "${TRUNKLINE_ADMIN_TOKEN}",
        **(keys or {}),
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "channels.yaml").write_text(yaml.safe_dump({"channels": {"whatsapp": entry | channel}}))
    (directory / "service.yaml").write_text(yaml.safe_dump(service))
    return directory


async def trunkline(*arguments: str, environ: Mapping[str, str] = CREDENTIALS) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, with no other settings from the environment than these."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("WHATSAPP_", "TRUNKLINE_"))}
    return await asyncio.to_thread(run_forked, arguments, environ={**bare, **environ}, seconds=60)


@define
class Service:
    """One running process; `port` stays the same when it is started again, and `environ` adds to what it is given.

    A worker that `listens` does so for probes alone. A `cold` start is that of the installed command; the others are
    forked from a process that has imported it. With several `processes`, it is their supervisor.
    """

    config_dir: Path
    role: str = "all"
    port: int = 0
    listens: bool = True
    processes: int = 1
    environ: Mapping[str, str] = field(factory=dict)
    cold: bool = False
    process: "subprocess.Popen[str] | ForkedCommand | None" = None
    http: httpx.AsyncClient = field(factory=lambda: httpx.AsyncClient(timeout=30, trust_env=False))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook_url(self) -> str:
        return f"{self.url}/v1/channels/whatsapp/webhook"

    @property
    def log(self) -> str:
        return self._log_file.read_text(encoding="utf-8")

    @property
    def _log_file(self) -> Path:
        return self.config_dir / f"{self.role}-{id(self)}.log"

    async def start(self) -> None:
        """Start it, and wait until it answers, if it listens."""
        arguments = ["serve", "--config-dir", str(self.config_dir), "--role", self.role]
        if self.processes != 1:
            arguments += ["--processes", str(self.processes)]
        if self.listens:
            arguments += ["--port", str(self.port)]
        environ = {**os.environ, **CREDENTIALS, **self.environ}
        if self.cold:
            with self._log_file.open("a") as log:
                command = [str(COMMAND), *arguments]
                self.process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=log, text=True)
        else:
            self.process = ForkedCommand.start(arguments, environ=environ, log_file=self._log_file)
        if self.listens:
            line = await asyncio.to_thread(self.process.stdout.readline)
            assert line.startswith("listening on"), f"it did not start:\n{line}{self.log}"
            self.port = int(line.rsplit(":", 1)[1])

    def send(self, signal_number: signal.Signals) -> None:
        self.process.send_signal(signal_number)

    async def wait(self, *, seconds: float = 30) -> int:
        """Wait for its end and return the exit code."""
        code = await asyncio.to_thread(self.process.wait, seconds)
        self.process.stdout.close()
        return code

    async def kill(self) -> None:
        """Kill the process, as the kernel does when memory is short."""
        self.send(signal.SIGKILL)
        await self.wait()

    async def restart(self) -> None:
        """Kill it and start it again, with the present configuration."""
        await self.kill()
        await self.start()

    async def close(self) -> None:
        await self.http.aclose()
        if self.process is not None and self.process.poll() is None:
            self.send(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                await self.wait()
            if self.process.poll() is None:
                await self.kill()


@contextlib.asynccontextmanager
async def running_service(config_dir: Path, *, role: str = "all", processes: int = 1) -> AsyncIterator[Service]:
    service = Service(config_dir, role=role, processes=processes)
    try:
        await service.start()
        yield service
    finally:
        await service.close()


type StartService = Callable[..., Awaitable[Service]]
