"""Sessions of the console on Redis: one key for each login. It expires."""

import msgspec
from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.sessions import Session


class _Record(msgspec.Struct, kw_only=True):
    """What is stored. Fields of later versions are ignored."""

    operator: str
    credential: str


@frozen(kw_only=True)
class RedisSessions:
    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def add(self, *, digest: str, session: Session, seconds: int) -> None:
        record = _Record(operator=session.operator, credential=session.credential)
        await self.store.execute("SET", self._key(digest), msgspec.json.encode(record).decode(), "EX", seconds)

    async def of(self, *, digest: str) -> Session | None:
        stored = await self.store.execute("GET", self._key(digest))
        try:
            record = msgspec.json.decode(stored or "", type=_Record)
        except (msgspec.DecodeError, UnicodeError):
            return None
        return Session(operator=record.operator, credential=record.credential)

    async def remove(self, *, digest: str) -> None:
        await self.store.execute("DEL", self._key(digest))

    def _key(self, digest: str) -> str:
        return self.keys.shared(f"login:{digest}")
