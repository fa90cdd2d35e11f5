"""Tells whether messages could be stored now."""

import asyncio

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys


@frozen(kw_only=True)
class StoreProbe:
    """A ping that the server of every partition treats like a message to be stored.

    A plain PING is no help: a replica, and a server without memory or disk, answer it as if nothing were wrong.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def ping(self) -> None:
        """Ask all servers concurrently.

        Raises:
            StoreUnavailableError: at least one would refuse a message.
        """
        names = [self.keys.of(partition, "ready") for partition in range(self.keys.partitions)]
        await asyncio.gather(*(self.store.run(scripts.PROBE, [name], []) for name in names))
