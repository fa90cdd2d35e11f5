"""Dead letters on Redis: one stream for each partition."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.dead_letters import (
    AnyDeadLetter,
    DeadLetter,
    ImpossibleDeadLetterIdError,
    UnknownDeadLetterError,
    UnreadableDeadLetter,
    UnreadableDeadLetterError,
)
from application.ports.turns import UnreadableTurnError

MAX_STREAM_NUMBER = 2**64 - 1
MAX_DIGITS = len(str(MAX_STREAM_NUMBER))
# What a replayed turn loses: its failures, and, when the agent runs again, its progress.
FAILURES = ("attempts", "retries", "confirmation_waits", "unconfirmed_attempts", "error")
PROGRESS = ("reply", "sent:", "usage_counted", "agent")


@frozen(kw_only=True)
class RedisDeadLetters:
    """An id is "<partition>.<stream id>", for example "0.1750000000000-0"."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def page(self, *, limit: int, after: str | None = None) -> tuple[AnyDeadLetter, ...]:
        partition, start = self._start_after(after) if after else (0, "-")
        letters: list[AnyDeadLetter] = []
        while partition < self.keys.partitions and len(letters) < limit:
            letters += await self._range(partition, start, "+", limit - len(letters))
            partition, start = partition + 1, "-"
        return tuple(letters)

    async def show(self, *, letter_id: str) -> AnyDeadLetter:
        partition, entry = self._parse(letter_id)
        return _letter(partition, entry, await self._entry(partition, entry, letter_id))

    async def replay(self, *, letter_id: str) -> None:
        partition, entry = self._parse(letter_id)
        fields = await self._entry(partition, entry, letter_id)
        if isinstance(_letter(partition, entry, fields), UnreadableDeadLetter):
            raise UnreadableDeadLetterError(letter_id)
        conversation = fields["conversation"]
        keys = [
            *self.keys.transition(partition),
            self.keys.of(partition, "dead"),
            self.keys.of(partition, f"priority:{conversation}"),
        ]
        turn = codec.dump_turn_fields(_begin_again(codec.load_turn_fields(fields["turn"])))
        replayed = await self.store.run(scripts.REPLAY, keys, [entry, conversation, turn])
        if not replayed:
            raise UnknownDeadLetterError(letter_id)

    async def discard(self, *, letter_id: str) -> None:
        partition, entry = self._parse(letter_id)
        with translated():
            discarded = await self.store.commands.xdel(self.keys.of(partition, "dead"), entry)
        if not discarded:
            raise UnknownDeadLetterError(letter_id)

    async def trim(self, *, before: float) -> int:
        oldest = str(int(before * 1000))
        counts = [
            await self.store.execute("XTRIM", self.keys.of(partition, "dead"), "MINID", oldest)
            for partition in range(self.keys.partitions)
        ]
        return sum(counts)

    async def _range(self, partition: int, start: str, end: str, limit: int) -> list[AnyDeadLetter]:
        with translated():
            entries: Any = await self.store.commands.xrange(self.keys.of(partition, "dead"), start, end, count=limit)
        return [_letter(partition, entry, fields) for entry, fields in entries]

    async def _entry(self, partition: int, entry: str, letter_id: str) -> Mapping[str, str]:
        with translated():
            entries: Any = await self.store.commands.xrange(self.keys.of(partition, "dead"), entry, entry)
        if not entries:
            raise UnknownDeadLetterError(letter_id)
        fields: Mapping[str, str] = entries[0][1]
        return fields

    def _start_after(self, after: str) -> tuple[int, str]:
        partition, entry = self._parse(after)
        return partition, f"({entry}"

    def _parse(self, letter_id: str) -> tuple[int, str]:
        partition, _, entry = letter_id.partition(".")
        milliseconds, _, sequence = entry.partition("-")
        numbers = (partition, milliseconds, sequence)
        if not all(number.isascii() and number.isdigit() for number in numbers):
            raise UnknownDeadLetterError(letter_id)
        # The id of a stream entry is two numbers of 64 bits. Python refuses to read a number of thousands of digits.
        if any(len(number) > MAX_DIGITS or int(number) > MAX_STREAM_NUMBER for number in numbers):
            raise ImpossibleDeadLetterIdError(letter_id)
        if int(partition) >= self.keys.partitions:
            raise UnknownDeadLetterError(letter_id)
        return int(partition), entry


def _letter(partition: int, entry: str, fields: Mapping[str, str]) -> AnyDeadLetter:
    """A dead letter that cannot be read is shown as it is stored."""
    letter_id, at = f"{partition}.{entry}", int(entry.partition("-")[0]) / 1000
    conversation, raw, reason = (fields.get(name, "") for name in ("conversation", "turn", "reason"))
    try:
        turn = codec.load_turn(codec.load_turn_fields(raw), conversation=conversation, deliveries=1)
    except UnreadableTurnError:
        return UnreadableDeadLetter(id=letter_id, conversation=conversation, raw=raw, reason=reason, at=at)
    return DeadLetter(id=letter_id, turn=turn, reason=reason, at=at)


def _begin_again(turn: Mapping[str, str]) -> dict[str, str]:
    """The turn as it starts again. Where the agent runs again it gets a new id: late confirmations must not count."""
    kept = {name: text for name, text in turn.items() if name not in FAILURES}
    if not codec.load_messages(turn["messages"]):  # a turn that answers no message
        return kept
    if "reply" in kept and not codec.load_reply(kept["reply"]).is_apology:
        return kept
    fresh = {name: text for name, text in kept.items() if not name.startswith(PROGRESS)}
    return {**fresh, "id": f"{turn['id']}r"}
