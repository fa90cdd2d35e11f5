"""`trunkline dev`, as a new user runs it: in a process of its own, in a directory with `config/`."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from attrs import define, field
from redis.asyncio import Redis

from adapters.redis.embedded import EmbeddedStore
from support.forking import ForkedCommand
from support.polling import eventually

CONFIG = Path(__file__).parents[2] / "config"
NOT_GIVEN = ("WHATSAPP_", "TELEGRAM_", "TRUNKLINE_", "OPENAI_")
ADDRESS = re.compile(r"^ +(phone|console|webhook) +(http://127\.0\.0\.1:\d+\S*)$", re.MULTILINE)
ANA = "15550002222"


def bare_environment(**variables: str) -> dict[str, str]:
    """The environment of a user who has set nothing."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith(NOT_GIVEN)}, **variables}


def newcomer(directory: Path) -> Path:
    """Copy `config/` into a directory, as a new checkout has it."""
    shutil.copytree(CONFIG, directory / "config")
    return directory


def store_of(directory: Path) -> EmbeddedStore:
    """The store of a `trunkline dev` in this directory."""
    return EmbeddedStore(directory=directory / ".trunkline" / "store")


@define
class Dev:
    """One `trunkline dev`. `seconds` is the time until it had printed its addresses."""

    directory: Path
    process: "subprocess.Popen[bytes] | ForkedCommand"
    seconds: float = 0
    addresses: dict[str, str] = field(factory=dict)
    http: httpx.AsyncClient = field(factory=lambda: httpx.AsyncClient(timeout=10, trust_env=False))

    @property
    def printed(self) -> str:
        return (self.directory / "printed.txt").read_text(encoding="utf-8")

    @property
    def page(self) -> str:
        return self.addresses["phone"]

    @property
    def store_pid(self) -> int:
        return int((self.directory / ".trunkline" / "store" / "valkey.pid").read_text())

    def store(self) -> Redis:
        """A client for the store, wherever its socket is."""
        return Redis(unix_socket_path=str(store_of(self.directory).socket))

    async def ready(self) -> None:
        """Wait until the addresses are printed."""
        began = time.monotonic()
        await eventually(self._announced, seconds=30)
        self.seconds = time.monotonic() - began

    def _announced(self) -> bool:
        assert self.process.poll() is None, f"it ended:\n{self.printed}"
        self.addresses = dict(reversed(ADDRESS.findall(self.printed)))  # the first of several webhooks
        return len(self.addresses) == 3

    async def write(self, text: str, *, number: str = ANA) -> str:
        answer = await self.http.post(f"{self.page}/phone/{number}/messages", json={"text": text})
        return str(answer.raise_for_status().json()["id"])

    async def thread(self, *, number: str = ANA) -> list[dict[str, object]]:
        answer = await self.http.get(f"{self.page}/phone/{number}/messages")
        return list(answer.raise_for_status().json())

    async def answers(self, *, number: str = ANA) -> list[str]:
        return [str(message["body"]) for message in await self.thread(number=number) if message["author"] == "business"]

    async def end(self, number: signal.Signals) -> int:
        """Send a signal, and wait for the end. Returns the exit code."""
        self.process.send_signal(number)
        return await asyncio.to_thread(self.process.wait, 30)


@contextlib.asynccontextmanager
async def running_dev(
    directory: Path, *, trunkline: Path | None = None, page_port: int = 0, http_port: int = 0
) -> AsyncIterator[Dev]:
    """Run `trunkline dev` until the block ends. Its output is in `directory/printed.txt`.

    Without the path of a command, it is forked from a process that has imported it.
    """
    arguments = ["dev", "--page-port", str(page_port)]
    environment = bare_environment(TRUNKLINE_HTTP_PORT=str(http_port))
    output = directory / "printed.txt"
    output.write_bytes(b"")
    process: subprocess.Popen[bytes] | ForkedCommand
    if trunkline:
        with output.open("wb") as printed:
            command = [str(trunkline), *arguments]
            process = subprocess.Popen(command, cwd=directory, env=environment, stdout=printed, stderr=printed)
    else:
        process = ForkedCommand.start_in(directory, arguments, environ=environment, log_file=output)
    dev = Dev(directory, process)
    try:
        await dev.ready()
        yield dev
    finally:
        await dev.http.aclose()
        if process.poll() is None:
            try:
                await dev.end(signal.SIGTERM)
            except subprocess.TimeoutExpired:
                await dev.end(signal.SIGKILL)
                raise
