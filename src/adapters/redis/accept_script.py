"""Runs `accept.lua`: which messages go to which partition, with which keys and arguments."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Sequence

from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys, bucket_of, digest_of, forgotten_at, generation_at
from adapters.redis.transcripts import contact_of, shortened_entry
from application.ports.clock import Clock
from application.ports.inbox import Acceptance, EnqueuedMessage
from application.ports.intake import UnverifiedPersonError
from domain.conversations.confirmations import may_confirm
from domain.messages.inbound import InboundMessage


@frozen(kw_only=True)
class NameRecords:
    """The records of one person's names: a key and four arguments for each (see `usual_records.lua`)."""

    keys: Sequence[str]
    arguments: Sequence[scripts.Argument]


@frozen(kw_only=True)
class StoredBeside:
    """What the script stores beside the messages.

    `state_ms`: how long a state is kept that gets the time of the latest message; 0: no state gets it.
    `activities`: one for each message, published when it is new; or none at all.
    `people`: whose records are verified, and then kept for `record_ms`.
    `max_entries`: how many entries a transcript keeps, for `entry_ms`; 0: none.
    The feed and the records have no partition, so activities and people are for a single server alone.
    """

    state_ms: int = 0
    activities: Sequence[bytes] = ()
    feed_length: int = 0
    people: Sequence[NameRecords] = ()
    record_ms: int = 0
    max_entries: int = 0
    entry_ms: int = 0


NOTHING = StoredBeside()


@frozen(kw_only=True)
class AcceptScript:
    """`max_waiting` messages of one conversation may wait."""

    store: StoreConnections
    keys: Keys
    clock: Clock
    max_waiting: int
    _feed: str = field(init=False)

    @_feed.default
    def _name_of_feed(self) -> str:
        return self.keys.shared("feed")

    async def run(self, messages: Sequence[EnqueuedMessage], beside: StoredBeside = NOTHING) -> tuple[Acceptance, ...]:
        """One answer for each message, in their order.

        Raises:
            UnverifiedPersonError: one of the people is not who they are assumed to be.
            StoreUnavailableError: the store cannot be reached or refuses.
        """
        if self.keys.partitions == 1:
            return tuple(await self._run(0, messages, range(len(messages)), beside))
        by_partition: defaultdict[int, list[int]] = defaultdict(list)
        for position, enqueued in enumerate(messages):
            by_partition[self.keys.partition_of(str(enqueued.message.conversation))].append(position)
        calls = (self._run(partition, messages, positions, beside) for partition, positions in by_partition.items())
        answers = itertools.chain(*await asyncio.gather(*calls))
        by_position = dict(zip(itertools.chain(*by_partition.values()), answers, strict=True))
        return tuple(by_position[position] for position in range(len(messages)))

    async def _run(
        self, partition: int, messages: Sequence[EnqueuedMessage], positions: Sequence[int], beside: StoredBeside
    ) -> list[Acceptance]:
        generation, tagged = generation_at(self.clock.now()), self.keys.of(partition, "")
        keys = [*self.keys.transition(partition), f"{tagged}arrivals", f"{tagged}conversations"]
        arguments: list[scripts.Argument] = [forgotten_at(generation), self.max_waiting, beside.state_ms]
        arguments += [beside.feed_length, beside.record_ms, beside.max_entries, beside.entry_ms, len(positions)]
        for position in positions:
            enqueued = messages[position]
            message, debounce = enqueued.message, enqueued.debounce
            conversation, digest = str(message.conversation), digest_of(message.conversation.channel, message.id)
            dumped = codec.dump_message(message)
            keys += (f"{tagged}mail:{conversation}", f"{tagged}state:{conversation}")
            keys.append(f"{tagged}transcript:{conversation}")
            keys += self.keys.seen(partition, bucket_of(digest), generation)
            arguments += [
                conversation,
                digest,
                int(message.sent_at * 1000),
                f"{message.sequence:016x}",
                repr(message.sent_at),
                int(debounce.quiet_seconds * 1000),
                int(debounce.cap_seconds * 1000),
                _role_of(message),
                dumped,
                beside.activities[position] if beside.activities else b"",
                contact_of(message) if beside.max_entries else b"",
                shortened_entry(message, dumped) if beside.max_entries else b"",
            ]
        if beside.activities or beside.people:
            keys.append(self._feed)
        for person in beside.people:
            keys += person.keys
            arguments += [len(person.keys), *person.arguments]
        answers = await self.store.run(scripts.ACCEPT, keys, arguments)
        if answers is None:
            raise UnverifiedPersonError
        return [Acceptance(answer) for answer in answers]


def _role_of(message: InboundMessage) -> str:
    """What `begin.lua` must know of a message to decide which ones are a turn together."""
    if message.is_annotation:
        return "annotation"
    return "answer" if may_confirm(message) else ""
