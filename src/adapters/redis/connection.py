"""Connections to the store: bounded pools, explicit time-outs, no retries behind our back."""

from attrs import frozen
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from adapters.redis.errors import translated

LONGEST_WAIT_SECONDS = 5.0


@frozen(kw_only=True)
class StoreConnections:
    """`commands` for everything short; `waiting` for reads that block, so that they never hold up a command.

    The driver's own retry sleeps past a lease, and a repeated increment counts twice: it is off everywhere.
    """

    commands: Redis
    waiting: Redis

    @classmethod
    def to(cls, url: str, *, timeout_seconds: float = 2.0, max_connections: int = 32) -> "StoreConnections":
        """Connections to `url`, made on first use. A blocked read may take `LONGEST_WAIT_SECONDS`."""
        return cls(
            commands=_client(url, read_seconds=timeout_seconds, connect_seconds=timeout_seconds, size=max_connections),
            waiting=_client(
                url,
                read_seconds=LONGEST_WAIT_SECONDS + timeout_seconds,
                connect_seconds=timeout_seconds,
                size=max_connections,
            ),
        )

    async def ping(self) -> None:
        """Make sure that the store answers.

        Raises:
            StoreUnavailableError: when it does not.
        """
        with translated():
            await self.commands.ping()

    async def aclose(self) -> None:
        await self.commands.aclose(close_connection_pool=True)
        await self.waiting.aclose(close_connection_pool=True)


def _client(url: str, *, read_seconds: float, connect_seconds: float, size: int) -> Redis:
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=size,
        timeout=connect_seconds,
        socket_timeout=read_seconds,
        socket_connect_timeout=connect_seconds,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        protocol=2,
    )
    return Redis.from_pool(pool)
