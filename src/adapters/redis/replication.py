"""Copies on replicas: a primary that dies takes with it what nobody else has."""

from redis.asyncio.cluster import ClusterNode, PipelineCommand

from application.ports.store import StoreUnavailableError

COPY_SECONDS = 0.5


async def wait_for_replica(primary: ClusterNode, *, beside: str) -> None:
    """Return when a replica has what `primary` was told so far; at once when it has no replica.

    WAIT counts from the last write of its own connection, so a write goes before it: an empty key beside `beside`.

    Raises:
        StoreUnavailableError: none had it within `COPY_SECONDS`; it may be stored all the same.
        RedisError: the node cannot be reached, or serves these keys no more.
    """
    role, _, replicas, *_ = await primary.execute_command("ROLE")
    if role == "master" and not replicas:
        return
    written = PipelineCommand(0, "SET", f"{beside}:copied", "")
    waited = PipelineCommand(1, "WAIT", 1, int(COPY_SECONDS * 1000))
    await primary.execute_pipeline([written, waited])
    for command in (written, waited):
        if isinstance(command.result, Exception):
            raise command.result
    if waited.result == 0:
        raise StoreUnavailableError(f"no replica had it after {COPY_SECONDS} s")
