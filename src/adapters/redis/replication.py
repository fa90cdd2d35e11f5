"""Waits for replicas: a primary that dies takes with it what no replica has."""

from redis.asyncio.cluster import ClusterNode, PipelineCommand

from application.ports.store import StoreUnavailableError

REPLICA_SECONDS = 0.5


async def wait_for_replica(primary: ClusterNode, *, beside: str) -> None:
    """Return when a replica has everything that was written to `primary` so far; at once when it has no replica.

    WAIT counts from the last write of its own connection. So an empty key beside the key `beside` is written first.

    Raises:
        StoreUnavailableError: no replica had it within `REPLICA_SECONDS`. It may be stored all the same.
        RedisError: the node cannot be reached, or no longer serves these keys.
    """
    role, _, replicas, *_ = await primary.execute_command("ROLE")
    if role == "master" and not replicas:
        return
    written = PipelineCommand(0, "SET", f"{beside}:copied", "")
    waited = PipelineCommand(1, "WAIT", 1, int(REPLICA_SECONDS * 1000))
    await primary.execute_pipeline([written, waited])
    for command in (written, waited):
        if isinstance(command.result, Exception):
            raise command.result
    if waited.result == 0:
        raise StoreUnavailableError(f"no replica had the write after {REPLICA_SECONDS} s")
