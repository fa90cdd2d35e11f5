"""Run jobs that do nothing on arq or SAQ. It runs in an environment of its own, without the service: see `peers.py`.

Prints JSON: the jobs per second of one worker process.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

AT_ONCE = 100


done_at: list[float] = []


async def nothing(_context: Any) -> None:
    """What each job does. Only when the last one ran is noted: a worker takes a while to find that nothing is left."""
    done_at.append(time.monotonic())


async def arq(store: str, jobs: int) -> float:
    from arq import Worker, create_pool  # noqa: PLC0415 - only one of the two is needed
    from arq.connections import RedisSettings  # noqa: PLC0415

    settings = RedisSettings(unix_socket_path=store.removeprefix("unix://"))
    pool = await create_pool(settings)
    for _ in range(jobs):
        await pool.enqueue_job("nothing")
    worker = Worker(
        functions=[nothing],
        redis_settings=settings,
        burst=True,
        max_jobs=AT_ONCE,
        poll_delay=0.01,
        handle_signals=False,
    )
    began = time.monotonic()
    await worker.async_run()
    return jobs / (max(done_at) - began)


async def saq(store: str, jobs: int) -> float:
    from redis.asyncio import Redis  # noqa: PLC0415
    from saq import Worker  # noqa: PLC0415
    from saq.queue.redis import RedisQueue  # noqa: PLC0415

    queue = RedisQueue(Redis.from_url(store))
    await queue.connect()
    for _ in range(jobs):
        await queue.enqueue("nothing")
    worker = Worker(queue, functions=[nothing], concurrency=AT_ONCE, burst=True, dequeue_timeout=1)
    began = time.monotonic()
    await worker.start()
    return jobs / (max(done_at) - began)


PEERS: dict[str, Callable[[str, int], Awaitable[float]]] = {"arq": arq, "saq": saq}


async def run(peer: str, store: str, jobs: int) -> None:
    print(json.dumps({"jobs_per_second": await PEERS[peer](store, jobs)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("store", help="Its address, a unix socket.")
    parser.add_argument("jobs", type=int)
    given = parser.parse_args()
    asyncio.run(run(given.peer, given.store, given.jobs), loop_factory=uvloop.new_event_loop)
