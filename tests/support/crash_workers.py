"""Processes of the service that crash at a given point."""

import asyncio
import os
import signal
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psutil
from attrs import define

from support import kill_points
from support.forking import processes
from support.kill_points import KillPoint
from support.polling import eventually
from support.service import CREDENTIALS

ENVIRON = {**CREDENTIALS, "TRUNKLINE_HTTP_PORT": "0", "TRUNKLINE_LOG_LEVEL": "debug"}


@define
class CrashWorker:
    """One process."""

    process: ForkServerProcess
    log_file: Path
    _address: Connection

    @classmethod
    def start(cls, *, config_dir: Path, role: str, kill_point: KillPoint, log_file: Path) -> "CrashWorker":
        address, address_sender = processes.Pipe(duplex=False)
        process = processes.Process(
            target=kill_points.serve,
            kwargs={
                "config_dir": config_dir,
                "environ": ENVIRON,
                "role": role,
                "kill_point": kill_point,
                "log_file": log_file,
                "address": address_sender,
            },
        )
        process.start()
        address_sender.close()
        return cls(process, log_file, address)

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    async def ended(self, *, seconds: float = 30) -> int:
        """Wait for its end; the exit code, or the signal's number below zero."""
        await asyncio.to_thread(self.process.join, seconds)
        assert self.process.exitcode is not None, self.log
        return self.process.exitcode

    async def died(self) -> None:
        assert await self.ended() == -signal.SIGKILL, self.log

    async def froze(self) -> None:
        status = psutil.Process(self.process.pid).status
        await eventually(lambda: status() == psutil.STATUS_STOPPED, seconds=30)

    def send(self, signal_number: signal.Signals) -> None:
        os.kill(self.process.pid, signal_number)

    async def says(self, words: str) -> None:
        await eventually(lambda: words in self.log, seconds=20)

    async def address(self) -> str:
        """Where a web process listens."""
        return str(await asyncio.to_thread(self._address.recv))

    async def close(self) -> None:
        self.process.kill()
        await self.ended()
        self.process.close()
        self._address.close()
