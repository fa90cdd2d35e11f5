"""Operators on Redis: one hash, with a record in JSON for each name."""

from collections.abc import Mapping

import msgspec
from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.operators import (
    OperatorExistsError,
    RegisteredOperator,
    TooManyOperatorsError,
    UnknownOperatorError,
)
from domain.operators.operator import Operator, Role


class _Record(msgspec.Struct, kw_only=True):
    """What is stored. Fields of later versions are ignored."""

    role: Role
    channels: list[str]
    digest: str
    created_at: float


@frozen(kw_only=True)
class RedisOperators:
    store: StoreConnections
    keys: Keys = field(factory=Keys)
    max_kept: int = 1000

    async def add(self, *, registered: RegisteredOperator) -> None:
        """Of several who add the last ones at once, each may find that there are too many."""
        operator = registered.operator
        record = _Record(
            role=operator.role,
            channels=list(operator.channels),
            digest=registered.digest,
            created_at=registered.created_at,
        )
        if not await self.store.execute("HSETNX", self._key, operator.name, msgspec.json.encode(record).decode()):
            raise OperatorExistsError(operator.name)
        if await self.store.execute("HLEN", self._key) > self.max_kept:
            await self.store.execute("HDEL", self._key, operator.name)
            raise TooManyOperatorsError

    async def of(self, *, name: str) -> RegisteredOperator | None:
        return _load(name, await self.store.execute("HGET", self._key, name))

    async def all(self) -> tuple[RegisteredOperator, ...]:
        records: Mapping[str, str] = await self.store.execute("HGETALL", self._key)
        loaded = (_load(name, records[name]) for name in sorted(records))
        return tuple(registered for registered in loaded if registered)

    async def remove(self, *, name: str) -> None:
        if not await self.store.execute("HDEL", self._key, name):
            raise UnknownOperatorError(name)

    @property
    def _key(self) -> str:
        return self.keys.shared("operators")


def _load(name: str, stored: str | None) -> RegisteredOperator | None:
    if stored is None:
        return None
    try:
        record = msgspec.json.decode(stored, type=_Record)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return RegisteredOperator(
        operator=Operator(name=name, role=record.role, channels=tuple(record.channels)),
        digest=record.digest,
        created_at=record.created_at,
    )
