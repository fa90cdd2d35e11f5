"""The machine of a run. Figures of two machines, or of two days, cannot be compared."""

import asyncio
import os
import platform
import statistics
import tempfile
import time
from datetime import UTC, datetime

from redis.asyncio import Redis

from bench import processes

SYNCS = 50


def facts() -> dict[str, str]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": str(len(os.sched_getaffinity(0))),
        "load": f"{os.getloadavg()[0]:.1f} before the run",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "valkey": _valkey_version(),
        "fsync": f"{_fsync_milliseconds():.2f} ms (median of {SYNCS})",
    }


def _valkey_version() -> str:
    async def ask(address: str) -> str:
        async with Redis.from_url(address) as client:
            server = await client.info("server")
        return f"{server['valkey_version']}, appendfsync always, unix socket"

    with processes.store() as address:
        return asyncio.run(ask(address))


def _fsync_milliseconds() -> float:
    """The time that a small append to a file takes to reach the disk. No 200 can come faster."""
    with tempfile.TemporaryFile(buffering=0) as file:
        return statistics.median(_sync_once(file.fileno()) for _ in range(SYNCS))


def _sync_once(file: int) -> float:
    os.write(file, b"x" * 1024)
    began = time.perf_counter()
    os.fsync(file)
    return (time.perf_counter() - began) * 1000
