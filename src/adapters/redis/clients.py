"""The driver's clients for an address: bounded pools, explicit timeouts, no hidden retries."""

from typing import Any

from redis.asyncio import (
    BlockingConnectionPool,
    Connection,
    Redis,
    Sentinel,
    SentinelConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo

from adapters.redis.address import StoreAddress, Topology

# How often the driver repeats a command after it learned the new layout of a cluster: a redirection, or a failover.
CLUSTER_RETRIES = 1
# What each connection says of itself. Without it each one reads the driver's version from the disk.
DRIVER = DriverInfo()

type Client = Redis | RedisCluster


def connect(address: StoreAddress, read_seconds: float, connect_seconds: float, max_connections: int) -> Client:
    """A client that opens up to `max_connections` (on a cluster: to each node) when they are needed."""
    match address.topology:
        case Topology.SINGLE:
            return _single(address, read_seconds, connect_seconds, max_connections)
        case Topology.SENTINEL:
            return _sentinel(address, read_seconds, connect_seconds, max_connections)
        case Topology.CLUSTER:
            return _cluster(address, read_seconds, connect_seconds, max_connections)


class _SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the server that the sentinels name. A caller waits for a free one, as with a single server."""

    async def disconnect(self, inuse_connections: bool = True) -> None:
        await super().disconnect(inuse_connections)
        if inuse_connections:
            await self.sentinel_manager.aclose()


def _single(address: StoreAddress, read_seconds: float, connect_seconds: float, size: int) -> Redis:
    options = _options(address, read_seconds, connect_seconds)
    if address.socket:
        place: dict[str, Any] = {"connection_class": UnixDomainSocketConnection, "path": address.socket}
    else:
        ((host, port),) = address.nodes
        place = {"connection_class": SSLConnection if address.tls else Connection, "host": host, "port": port}
    return Redis.from_pool(BlockingConnectionPool(max_connections=size, timeout=connect_seconds, **place, **options))


def _sentinel(address: StoreAddress, read_seconds: float, connect_seconds: float, size: int) -> Redis:
    options = _options(address, read_seconds, connect_seconds)
    of_server = ("username", "password", "db")
    sentinel_options = {name: value for name, value in options.items() if name not in of_server}
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        address.nodes,
        sentinel_kwargs={
            **sentinel_options,
            **address.sentinel_options,
            "socket_timeout": connect_seconds,
            "ssl": address.tls,
        },
    )
    pool = _SentinelPool(  # type: ignore[no-untyped-call]
        address.service,
        sentinels,
        ssl=address.tls,
        max_connections=size,
        timeout=connect_seconds,
        **options,
    )
    return Redis.from_pool(pool)


def _cluster(address: StoreAddress, read_seconds: float, connect_seconds: float, size: int) -> RedisCluster:
    options = _options(address, read_seconds, connect_seconds) | {"retry": Retry(NoBackoff(), CLUSTER_RETRIES)}
    seeds = [ClusterNode(host, port) for host, port in address.nodes]
    return RedisCluster(startup_nodes=seeds, ssl=address.tls, max_connections=size, **options)


def _options(address: StoreAddress, read_seconds: float, connect_seconds: float) -> dict[str, Any]:
    return {
        **address.options,
        "socket_timeout": read_seconds,
        "socket_connect_timeout": connect_seconds,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": True,
        "encoding_errors": "replace",  # one damaged text must not fail a whole write
        "protocol": 2,
        "driver_info": DRIVER,
    }
