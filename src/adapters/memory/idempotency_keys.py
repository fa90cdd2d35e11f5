"""Idempotency keys in memory."""

from attrs import define, field


@define
class MemoryIdempotencyKeys:
    _requests: dict[tuple[str, str], str] = field(factory=dict)

    async def request(self, *, channel: str, key: str) -> str | None:
        return self._requests.get((channel, key))

    async def claim(self, *, channel: str, key: str, request: str) -> bool:
        return self._requests.setdefault((channel, key), request) == request
