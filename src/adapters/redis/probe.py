"""Whether messages could be stored now."""

import asyncio

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys

PROBE = scripts.Script.load("probe", when_full=False)


@frozen(kw_only=True)
class StoreProbe:
    """A ping that every partition's server answers like a message to be stored.

    A replica, and a server without memory or disk, answer a PING as if nothing were wrong.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def ping(self) -> None:
        """Ask all servers at once.

        Raises:
            StoreUnavailableError: one of them would refuse.
        """
        partitions = range(self.keys.partitions)
        await asyncio.gather(*(self.store.run(PROBE, [self.keys.of(number, "ready")], []) for number in partitions))
