"""Idempotency keys on Redis: one key of the store for each. It expires."""

import hashlib

from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys

KEPT_SECONDS = 7 * 24 * 3600


@frozen(kw_only=True)
class RedisIdempotencyKeys:
    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def request(self, *, channel: str, key: str) -> str | None:
        with translated():
            known = await self.store.commands.get(self._name(channel, key))
        return known if isinstance(known, str) else None

    async def claim(self, *, channel: str, key: str, request: str) -> bool:
        with translated():
            known = await self.store.commands.set(self._name(channel, key), request, nx=True, get=True, ex=KEPT_SECONDS)
        return known in (None, request)

    def _name(self, channel: str, key: str) -> str:
        """The key is hashed: braces in it would choose the server of a cluster."""
        digest = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
        return self.keys.shared(f"request:{channel}:{digest}")
