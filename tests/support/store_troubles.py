"""The kinds of trouble that a store may have, each with its beginning and its end."""

import signal
from collections.abc import Awaitable, Callable

from attrs import frozen
from redis.asyncio import Redis

from support.store_proxy import StoreProxy, Trouble

LOADING = b"LOADING Valkey is loading the dataset in memory"
DISK_FULL = b"MISCONF Errors writing to the AOF file: No space left on device"


@frozen
class StoreTrouble:
    """`begin` breaks the store behind a proxy, and `end` repairs it."""

    name: str
    begin: Callable[[StoreProxy], Awaitable[None]]
    end: Callable[[StoreProxy], Awaitable[None]]

    def __str__(self) -> str:
        return self.name


def _spoilt(name: str, trouble: Trouble, error: bytes = b"") -> StoreTrouble:
    async def begin(proxy: StoreProxy) -> None:
        proxy.break_connections(trouble, error=error)

    async def end(proxy: StoreProxy) -> None:
        proxy.break_connections(Trouble.NONE)

    return StoreTrouble(name, begin, end)


async def _kill(proxy: StoreProxy) -> None:
    await proxy.server.end(signal.SIGKILL)


async def _start(proxy: StoreProxy) -> None:
    await proxy.server.start()


async def _freeze(proxy: StoreProxy) -> None:
    proxy.server.send(signal.SIGSTOP)


async def _thaw(proxy: StoreProxy) -> None:
    proxy.server.send(signal.SIGCONT)


async def _demote(proxy: StoreProxy) -> None:
    await proxy.server.command("REPLICAOF", "127.0.0.1", 1)


async def _promote(proxy: StoreProxy) -> None:
    await proxy.server.command("REPLICAOF", "NO", "ONE")


async def _fill(proxy: StoreProxy) -> None:
    await proxy.server.command("CONFIG", "SET", "maxmemory", 1)


async def _empty(proxy: StoreProxy) -> None:
    await proxy.server.command("CONFIG", "SET", "maxmemory", 0)


async def _lock(proxy: StoreProxy) -> None:
    await proxy.server.command("CONFIG", "SET", "requirepass", "not-a-real-password")
    proxy.cut()


async def _unlock(proxy: StoreProxy) -> None:
    async with Redis(unix_socket_path=str(proxy.server.socket), password="not-a-real-password") as client:
        await client.config_set("requirepass", "")


async def _crowd(proxy: StoreProxy) -> None:
    """The connection that sets the limit is the only one left."""
    proxy.crowd = Redis(unix_socket_path=str(proxy.server.socket), single_connection_client=True)
    await proxy.crowd.config_set("maxclients", 1)
    proxy.cut()


async def _disperse(proxy: StoreProxy) -> None:
    await proxy.crowd.config_set("maxclients", 1000)
    await proxy.crowd.aclose()


TROUBLES = (
    StoreTrouble("away", StoreProxy.refuse, StoreProxy.listen),
    StoreTrouble("killed", _kill, _start),
    _spoilt("resets connections", Trouble.RESET),
    _spoilt("stalls", Trouble.STALL),
    StoreTrouble("frozen", _freeze, _thaw),
    _spoilt("cuts its answers", Trouble.CUT),
    _spoilt("loading", Trouble.ERROR, LOADING),
    _spoilt("disk full", Trouble.ERROR, DISK_FULL),
    StoreTrouble("read-only", _demote, _promote),
    StoreTrouble("out of memory", _fill, _empty),
    StoreTrouble("wrong password", _lock, _unlock),
    StoreTrouble("too many connections", _crowd, _disperse),
)
