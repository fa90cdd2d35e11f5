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

# What each message takes part in.
KEYS_OF_CONVERSATION = ("mail", "state", "transcript")
ANSWERS = {acceptance.value: acceptance for acceptance in Acceptance}


@frozen(kw_only=True)
class NameRecords:
    """The records of people's names: a key for each, and the arguments of each person (see `usual_records.lua`)."""

    keys: Sequence[str] = ()
    arguments: Sequence[scripts.Argument] = ()


NOBODY = NameRecords()


@frozen(kw_only=True)
class AcceptScript:
    """`max_waiting` messages of one conversation may wait.

    The script stores more beside the messages, where it is said how long that is kept. `state_ms`: a state, which gets
    the time of the latest message. `record_ms`: the records of new names. `max_entries`: a transcript, for `entry_ms`.
    """

    store: StoreConnections
    keys: Keys
    clock: Clock
    max_waiting: int
    state_ms: int = 0
    feed_length: int = 0
    record_ms: int = 0
    max_entries: int = 0
    entry_ms: int = 0
    _feed: str = field(init=False)

    @_feed.default
    def _name_of_feed(self) -> str:
        return self.keys.shared("feed")

    async def run_for_all(self, messages: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        """Run it for each partition that the messages belong to. Returns and raises as `run` does."""
        by_partition: defaultdict[int, list[int]] = defaultdict(list)
        for position, enqueued in enumerate(messages):
            by_partition[self.keys.partition_of(str(enqueued.message.conversation))].append(position)
        calls = (
            self.run([messages[position] for position in positions], partition=partition)
            for partition, positions in by_partition.items()
        )
        answers = itertools.chain(*await asyncio.gather(*calls))
        by_position = dict(zip(itertools.chain(*by_partition.values()), answers, strict=True))
        return tuple(by_position[position] for position in range(len(messages)))

    async def run(
        self,
        messages: Sequence[EnqueuedMessage],
        *,
        partition: int = 0,
        activities: Sequence[bytes] = (),
        people: NameRecords = NOBODY,
    ) -> tuple[Acceptance, ...]:
        """One answer for each message, in their order. All of them belong to this partition.

        `activities`: one for each message, published when it is new; or none at all. `people`: whose records are
        verified. The feed and the records have no partition, so both are for a single server alone.

        Raises:
            UnverifiedPersonError: one of the people is not who they are assumed to be.
            StoreUnavailableError: the store cannot be reached or refuses.
        """
        generation, tagged = generation_at(self.clock.now()), self.keys.of(partition, "")
        sets = self.keys.seen(partition, generation)
        keys = [*self.keys.transition(partition), f"{tagged}arrivals", f"{tagged}conversations"]
        arguments: list[scripts.Argument] = [forgotten_at(generation), self.max_waiting, self.state_ms]
        arguments += [self.feed_length, self.record_ms, self.max_entries, self.entry_ms, len(messages)]
        for enqueued, activity in zip(messages, activities or itertools.repeat(b""), strict=False):
            message, debounce = enqueued.message, enqueued.debounce
            conversation, digest = str(message.conversation), digest_of(message.conversation.channel, message.id)
            dumped, bucket = codec.dump_message(message), bucket_of(digest)
            keys += [f"{tagged}{kind}:{conversation}" for kind in KEYS_OF_CONVERSATION]
            keys += [f"{known}:{bucket}" for known in sets]
            arguments += (
                conversation,
                digest,
                message.sent_at,
                f"{message.sequence:016x}",
                int(debounce.quiet_seconds * 1000),
                int(debounce.cap_seconds * 1000),
                _role_of(message),
                dumped,
                activity,
                contact_of(message) if self.max_entries else b"",
                shortened_entry(message, dumped) if self.max_entries else b"",
            )
        if activities or people.keys:
            keys += (self._feed, *people.keys)
            arguments += people.arguments
        answers = await self.store.run(scripts.ACCEPT, keys, arguments)
        if answers is None:
            raise UnverifiedPersonError
        return tuple([ANSWERS[answer] for answer in answers])


def _role_of(message: InboundMessage) -> str:
    """What `begin.lua` must know of a message to decide which ones are a turn together."""
    if message.is_annotation:
        return "annotation"
    return "answer" if may_confirm(message) else ""
