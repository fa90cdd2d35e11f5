"""Waits for replicas: a primary that dies takes with it what no replica has."""

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.redis.scripts import Command
from application.ports.store import StoreUnavailableError

REPLICA_SECONDS = 0.5

type Pipeline = Callable[[list[Command]], Awaitable[list[Any]]]


async def wait_for_replica(pipeline: Pipeline, *, beside: str) -> None:
    """Return when a replica has everything that was written to a primary so far; at once when it has no replica.

    `pipeline` sends commands to the primary over one connection and returns a result or an exception for each. WAIT
    counts from the last write of its own connection. So an empty key beside the key `beside` is written first.

    Raises:
        StoreUnavailableError: no replica had it within `REPLICA_SECONDS`. It may be stored all the same.
        RedisError: the primary cannot be reached, or no longer serves these keys.
    """
    ((role, _, replicas, *_),) = _results(await pipeline([("ROLE",)]))
    if role == "master" and not replicas:
        return
    written = ("SET", f"{beside}:replicated", "")
    _, copies = _results(await pipeline([written, ("WAIT", 1, int(REPLICA_SECONDS * 1000))]))
    if copies == 0:
        raise StoreUnavailableError(f"no replica had the write after {REPLICA_SECONDS} s")


def _results(results: list[Any]) -> list[Any]:
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results
