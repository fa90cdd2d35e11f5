"""SharedSessions on Redis: a hash for each, timed by the store's own clock."""

import hashlib

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys

# As long as the state of a conversation is kept, which says that it shares a session.
KEPT_SECONDS = 90 * 24 * 3600
MICROSECONDS = 1_000_000


@frozen(kw_only=True)
class RedisSharedSessions:
    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def hold(self, *, session: str, turn: str, number: int, seconds: float) -> int | None:
        arguments: list[scripts.Argument] = [turn, number, int(seconds * MICROSECONDS), KEPT_SECONDS * 1000]
        found = int(await self.store.run(scripts.HOLD_SESSION, [self._name(session)], arguments))
        return None if found < 0 else found

    async def release(self, *, session: str, turn: str, number: int) -> None:
        arguments: list[scripts.Argument] = [turn, number, KEPT_SECONDS * 1000]
        await self.store.run(scripts.RELEASE_SESSION, [self._name(session)], arguments)

    def _name(self, session: str) -> str:
        return session_key(self.keys, session)


def session_key(keys: Keys, session: str) -> str:
    """The session is hashed: braces in it would choose the server of a cluster."""
    return keys.shared(f"session:{hashlib.blake2b(session.encode(), digest_size=16).hexdigest()}")
