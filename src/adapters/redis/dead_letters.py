"""Dead letters on Redis: one stream a partition."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.dead_letters import DeadLetter, UnknownDeadLetterError
from domain.replies import ReplyKind

# What a turn keeps when it begins again: not its failures, and an apology is no answer.
FAILURES = ("attempts", "doubts", "error")
PROGRESS = ("reply", "sent:")


@frozen(kw_only=True)
class RedisDeadLetters:
    """Ids are "<partition>.<stream id>"."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def page(self, *, limit: int, after: str | None = None) -> tuple[DeadLetter, ...]:
        partition, start = self._position(after) if after else (0, "-")
        letters: list[DeadLetter] = []
        while partition < self.keys.partitions and len(letters) < limit:
            letters += await self._range(partition, start, "+", limit - len(letters))
            partition, start = partition + 1, "-"
        return tuple(letters)

    async def show(self, *, letter_id: str) -> DeadLetter:
        partition, entry = self._place(letter_id)
        letters = await self._range(partition, entry, entry, 1)
        if not letters:
            raise UnknownDeadLetterError(letter_id)
        return letters[0]

    async def replay(self, *, letter_id: str) -> None:
        partition, entry = self._place(letter_id)
        fields = await self._entry(partition, entry)
        if fields is None:
            raise UnknownDeadLetterError(letter_id)
        conversation = fields["conversation"]
        keys = [
            *self.keys.transition(partition),
            self.keys.of(partition, "dead"),
            self.keys.of(partition, f"again:{conversation}"),
        ]
        turn = _begin_again(_turn_fields(fields))
        flat = json.dumps([text for pair in turn.items() for text in pair])
        replayed = await self.store.run(scripts.REPLAY, keys, [entry, conversation, flat])
        if not replayed:
            raise UnknownDeadLetterError(letter_id)

    async def discard(self, *, letter_id: str) -> None:
        partition, entry = self._place(letter_id)
        with translated():
            discarded = await self.store.commands.xdel(self.keys.of(partition, "dead"), entry)
        if not discarded:
            raise UnknownDeadLetterError(letter_id)

    async def _range(self, partition: int, start: str, end: str, limit: int) -> list[DeadLetter]:
        with translated():
            entries: Any = await self.store.commands.xrange(self.keys.of(partition, "dead"), start, end, count=limit)
        return [_letter(partition, entry, fields) for entry, fields in entries]

    async def _entry(self, partition: int, entry: str) -> Mapping[str, str] | None:
        with translated():
            entries: Any = await self.store.commands.xrange(self.keys.of(partition, "dead"), entry, entry)
        return entries[0][1] if entries else None

    def _position(self, after: str) -> tuple[int, str]:
        partition, entry = self._place(after)
        return partition, f"({entry}"

    def _place(self, letter_id: str) -> tuple[int, str]:
        partition, _, entry = letter_id.partition(".")
        milliseconds, _, sequence = entry.partition("-")
        numbers = (partition, milliseconds, sequence)
        if (
            not all(number.isascii() and number.isdigit() for number in numbers)
            or int(partition) >= self.keys.partitions
        ):
            raise UnknownDeadLetterError(letter_id)
        return int(partition), entry


def _turn_fields(fields: Mapping[str, str]) -> dict[str, str]:
    flat = json.loads(fields["turn"])
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _letter(partition: int, entry: str, fields: Mapping[str, str]) -> DeadLetter:
    return DeadLetter(
        id=f"{partition}.{entry}",
        turn=codec.load_turn(_turn_fields(fields), conversation=fields["conversation"], deliveries=1),
        reason=fields["reason"],
        at=int(entry.partition("-")[0]) / 1000,
    )


def _begin_again(turn: Mapping[str, str]) -> dict[str, str]:
    """The turn as it starts over; a new id where the agent runs again, or old echoes would confirm new parts."""
    kept = {name: text for name, text in turn.items() if name not in FAILURES}
    if "reply" in kept and codec.load_reply(kept["reply"]).kind is not ReplyKind.APOLOGY:
        return kept
    fresh = {name: text for name, text in kept.items() if not name.startswith(PROGRESS)}
    return {**fresh, "id": f"{turn['id']}r"}
