"""The intake on Redis: one script for each partition. On a cluster, names and activities take calls of their own."""

from collections.abc import Sequence
from operator import attrgetter

from attrs import evolve, field, frozen

from adapters.redis import codec
from adapters.redis.accept_script import NOBODY, AcceptScript, NameRecords
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.directory import RedisDirectory, dump_record
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.scripts import Argument
from application.ports.inbox import Acceptance, EnqueuedMessage
from application.ports.intake import UnverifiedPersonError
from domain.conversations.activity import Activity
from domain.people.aliases import usual_records


@frozen(kw_only=True)
class RedisIntake:
    """Stores everything that the other adapters would store, under their keys."""

    mailbox: RedisMailbox
    directory: RedisDirectory
    states: RedisConversationStates
    feed: RedisActivityFeed
    _script: AcceptScript = field(init=False)

    @_script.default
    def _script_of_mailbox(self) -> AcceptScript:
        kept = self.mailbox.transcripts
        return evolve(
            self.mailbox.accept_script,
            state_ms=self.states.keep_ms,
            feed_length=self.feed.length,
            record_ms=self.directory.keep_ms,
            max_entries=kept.max_entries if kept else 0,
            entry_ms=kept.keep_ms if kept else 0,
        )

    async def store(
        self, *, messages: Sequence[EnqueuedMessage], activities: Sequence[Activity], assumed: bool = False
    ) -> tuple[Acceptance, ...]:
        if self.mailbox.partitions == 1:
            people = self._people(messages) if assumed else NOBODY
            dumped = [codec.dump_activity(activity) for activity in activities]
            return await self._script.run(messages, activities=dumped, people=people)
        if assumed:  # the names of people are on other servers of the cluster
            raise UnverifiedPersonError
        answers = await self._script.run_for_all(messages)
        published = zip(activities, answers, strict=True)
        await self.feed.publish(activities=[activity for activity, answer in published if answer == Acceptance.NEW])
        return answers

    def _people(self, messages: Sequence[EnqueuedMessage]) -> NameRecords:
        """The records to verify: of each person once, as they wrote first.

        Raises:
            UnverifiedPersonError: two people share a name, or a person has another id from the beginning.
        """
        arguments: list[Argument] = []
        owners: dict[str, list[str]] = {}  # all keys of the person, for each of them
        for enqueued in sorted(messages, key=attrgetter("message.sent_at")):
            message = enqueued.message
            conversation = message.conversation
            id_, usual = usual_records(message.person, at=message.sent_at)
            if id_ != conversation.user:
                raise UnverifiedPersonError
            keys = [self.directory.key(conversation.channel, record.alias) for record in usual]
            if owners.get(keys[0]) == keys:
                continue
            if not owners.keys().isdisjoint(keys):
                raise UnverifiedPersonError
            arguments.append(len(keys))
            for key, record in zip(keys, usual, strict=True):
                owners[key] = keys
                new = dump_record(record.new) if record.new else ""
                arguments += (record.id, record.user_id, int(record.may_be_missing), new)
        return NameRecords(keys=list(owners), arguments=arguments)
