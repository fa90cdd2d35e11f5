"""Reads keys of any type, in pages, as values that JSON has."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec
from attrs import frozen

from adapters.redis import codec
from adapters.redis.connection import StoreConnections

PAGE = 100
RANGES = {"zset": "ZRANGE", "list": "LRANGE"}


@frozen(kw_only=True)
class KeyContents:
    """A key that is gone has no contents."""

    store: StoreConnections

    async def values(self, key: str) -> AsyncIterator[object]:
        """What a key holds. A hash is one value; of every other type, each element is one."""
        type_ = await self.store.execute("TYPE", key)
        match type_:
            case "hash":
                yield parsed_fields(await self.store.execute("HGETALL", key))
            case "stream":
                async for entry, fields in self.entries(key):
                    # A part that the channel confirmed has its id in a field of its own.
                    named = {"message_id": fields["id"]} if "id" in fields else {}
                    yield {"entry": entry, **named, **parsed_fields(fields)}
            case "zset" | "list":
                async for texts in self._pages(key, RANGES[type_]):
                    for text in texts:
                        yield parsed(text)
            case "string":
                yield parsed(await self.store.execute("GET", key))

    async def members(self, key: str) -> AsyncIterator[str]:
        """The texts in a sorted set or a list."""
        if command := RANGES.get(await self.store.execute("TYPE", key)):
            async for texts in self._pages(key, command):
                for text in texts:
                    yield text

    async def entries(self, key: str) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
        """The ids and the fields in a stream."""
        start = "-"
        while entries := await self.store.execute("XRANGE", key, start, "+", "COUNT", PAGE):
            for entry, fields in entries:
                is_flat = not isinstance(fields, Mapping)
                yield entry, dict(zip(fields[::2], fields[1::2], strict=True)) if is_flat else fields
            start = f"({entries[-1][0]}"

    async def _pages(self, key: str, command: str) -> AsyncIterator[Sequence[str]]:
        start = 0
        while page := await self.store.execute(command, key, start, start + PAGE - 1):
            yield page
            start += PAGE


def parsed(text: str) -> object:
    """JSON objects and lists as they are, everything else as text."""
    if text[:1] not in {"{", "["}:
        return text
    try:
        return msgspec.json.decode(text)
    except codec.DECODE_ERRORS:
        return text


def parsed_fields(fields: Mapping[str, str]) -> dict[str, object]:
    return {name: parsed(text) for name, text in fields.items()}


def parsed_object(text: str) -> dict[str, Any]:
    """The members of a JSON object; none where the text is no such object."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except codec.DECODE_ERRORS:
        return {}
