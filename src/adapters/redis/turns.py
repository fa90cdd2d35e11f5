"""The steps of a turn on Redis. Each is one script, which is fenced by the claim."""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from typing import Any

from attrs import Factory, field, frozen

from adapters.redis import codec, scripts
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.breaker_store import CLOSED, RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates, load_state
from adapters.redis.errors import result_of
from adapters.redis.forgetting import RedisForgetting
from adapters.redis.keys import Keys
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.proposals import RedisProposals
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.redis.transcripts import RedisTranscripts
from adapters.redis.usage import SEPARATOR, RedisUsage, load_spending
from application.ports.leases import Claim
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn, SavedReply
from domain.conversations.confirmations import CONFIRM_PREFIX
from domain.conversations.reply import Reply
from domain.conversations.state import ConversationState
from domain.conversations.turn import UnconfirmedSend
from domain.people.person import Conversation
from domain.policies.budget import BudgetScope, Spending
from domain.policies.rate_limit import Arrival, RateLog

# Behind the keys that every step has (see `claimed.lua`), and how many of those then belong to usage (see `usage.lua`).
FIRST_FREE_KEY = 11
USAGE_KEYS = 2
NOTHING_SPENT = Spending()


@frozen(kw_only=True)
class RedisTurns:
    """A turn has at most `turn_messages` messages. Of all dead letters, the latest `max_dead_letters` are kept.

    The keys of `states` and `proposals` share the partition of the turn, so its scripts change all three. The keys of
    `breakers`, `log` and `limiter` do not: on one server, their commands travel in the same write. On one server, the
    scripts also publish in the `feed`; on a cluster that follows.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    turn_messages: int = 50
    max_dead_letters: int = 10_000
    states: RedisConversationStates = field(
        default=Factory(lambda self: RedisConversationStates(store=self.store, keys=self.keys), takes_self=True)
    )
    breakers: RedisBreakerStore = field(
        default=Factory(lambda self: RedisBreakerStore(store=self.store, keys=self.keys), takes_self=True)
    )
    log: RedisMessageLog = field(
        default=Factory(lambda self: RedisMessageLog(store=self.store, keys=self.keys), takes_self=True)
    )
    usage: RedisUsage = field(
        default=Factory(lambda self: RedisUsage(store=self.store, keys=self.keys), takes_self=True)
    )
    limiter: RedisSendRateLimiter | None = None
    transcripts: RedisTranscripts | None = None
    feed: RedisActivityFeed | None = None
    forgetting: RedisForgetting = field(
        default=Factory(lambda self: RedisForgetting(store=self.store, keys=self.keys), takes_self=True)
    )
    proposals: RedisProposals = field(
        default=Factory(lambda self: RedisProposals(store=self.store, keys=self.keys), takes_self=True)
    )
    # The feed that the scripts publish in. None on a cluster, where it is on another server.
    _feed_key: str | None = field(init=False)

    @_feed_key.default
    def _key_of_feed(self) -> str | None:
        return None if self.feed is None or self.store.is_cluster else self.keys.shared("feed")

    async def begin(self, *, claim: Claim, spent_on: dt.date | None = None) -> BegunTurn | None:
        begin = self._call(scripts.BEGIN, claim, None, self.turn_messages, CONFIRM_PREFIX)
        not_closed = self.breakers.exists_command(claim.channel)
        elsewhere = []
        if spent_on:
            begin.keys.extend(self.usage.keys_of(claim.partition, claim.conversation, spent_on))
            begin.arguments.extend((str(spent_on), f"spent{SEPARATOR}{claim.channel}"))
            elsewhere = self.usage.elsewhere_calls(claim.partition, claim.channel, spent_on)
        begun, is_open, *spent_elsewhere = await self.store.run_together(begin, not_closed, *elsewhere)
        turn, state, messages, notices, *spent = result_of(begun)
        if not turn:
            return None
        return BegunTurn(
            turn=codec.load_turn(_fields(turn), conversation=claim.conversation, deliveries=claim.delivery),
            state=load_state(_fields(state)),
            rate_log=RateLog(messages=_admitted(messages), notices=_admitted(notices)),
            breaker=await self.breakers.status(channel=claim.channel) if result_of(is_open) else CLOSED,
            spent=load_spending(spent[0], [*map(result_of, spent_elsewhere)]) if spent_on else NOTHING_SPENT,
        )

    async def save_reply(self, *, claim: Claim, reply: Reply, changes: TurnChanges | None = None) -> SavedReply:
        keys: list[str] = []
        arguments: list[scripts.Argument] = []
        if changes is not None and changes.proposals:
            keys, arguments = self.proposals.added(claim.partition, changes.proposals)
            arguments.insert(0, FIRST_FREE_KEY + (USAGE_KEYS if changes.usage else 0))
        call = self._call(scripts.SAVE_REPLY, claim, changes, codec.dump_reply(reply), *arguments, further_keys=keys)
        limiter, credit = self.limiter, changes.credit if changes else None
        asking = [limiter.take_call(credit)] if limiter and credit else []
        saved, *beside = await self.store.run_together(call, *asking, *self._words(changes))
        state, scopes = result_of(saved)
        warnings = tuple(map(BudgetScope, scopes))
        if not self._feed_key:
            await self._publish_elsewhere(changes, warnings)
        wait = None
        if limiter and credit and not isinstance(beside[0], Exception):
            wait = limiter.wait_of(credit, beside[0])
        return SavedReply(state=load_state(_fields(state)), warnings=warnings, wait=wait)

    async def awaits_reply(self, *, conversation: Conversation, turn_id: str) -> bool:
        name = str(conversation)
        key = self.keys.of(self.keys.partition_of(name), f"turn:{name}")
        present, reply = await self.store.execute("HMGET", key, "id", "reply")
        return present == turn_id and reply is None

    async def record_sent(self, *, claim: Claim, changes: TurnChanges) -> ConversationState:
        return load_state(_fields(await self._run(scripts.RECORD_SENT, claim, changes)))

    async def complete(self, *, claim: Claim, changes: TurnChanges | None = None) -> None:
        await self._run(scripts.COMPLETE, claim, changes, publishes=True)

    async def retry_later(
        self,
        *,
        claim: Claim,
        after_seconds: float,
        error: str,
        unconfirmed: UnconfirmedSend | None = None,
        changes: TurnChanges | None = None,
    ) -> None:
        send = () if unconfirmed is None else (unconfirmed.part, unconfirmed.unconfirmed_attempts)
        after_ms = int(after_seconds * 1000)
        await self._run(scripts.RETRY_LATER, claim, changes, after_ms, error, *send, publishes=True)

    async def defer(self, *, claim: Claim, after_seconds: float, changes: TurnChanges | None = None) -> None:
        await self._run(scripts.DEFER, claim, changes, int(after_seconds * 1000))

    async def dead_letter(self, *, claim: Claim, reason: str, changes: TurnChanges | None = None) -> int:
        max_of_partition = math.ceil(self.max_dead_letters / self.keys.partitions)
        dropped: int = await self._run(scripts.DEAD_LETTER, claim, changes, reason, max_of_partition, publishes=True)
        return dropped

    async def release(self, *, claim: Claim, changes: TurnChanges | None = None) -> None:
        await self._run(scripts.RELEASE, claim, changes)

    async def _publish_elsewhere(self, changes: TurnChanges | None, warnings: Sequence[BudgetScope] = ()) -> None:
        """Publish what a step on a cluster could not publish itself. `warnings`: those that it says are due."""
        if changes is None or self.feed is None:
            return
        due = (changes.warnings[scope] for scope in warnings if scope in changes.warnings)
        if activities := [*changes.activities, *due]:
            await self.feed.publish(activities=activities)

    async def _run(
        self,
        script: scripts.Script,
        claim: Claim,
        changes: TurnChanges | None,
        *arguments: scripts.Argument,
        publishes: bool = False,
    ) -> Any:
        """Run a step. Texts to remember travel with it; when they cannot be kept, nothing fails."""
        call = self._call(script, claim, changes, *arguments)
        answer, *_ = await self.store.run_together(call, *self._words(changes))
        result = result_of(answer)
        if publishes and not self._feed_key:
            await self._publish_elsewhere(changes)
        return result

    def _words(self, changes: TurnChanges | None) -> list[scripts.Command]:
        return self.log.remember_calls(changes.words) if changes and changes.words else []

    def _call(
        self,
        script: scripts.Script,
        claim: Claim,
        changes: TurnChanges | None,
        *arguments: scripts.Argument,
        further_keys: Sequence[str] = (),
    ) -> scripts.ScriptCall:
        claimed: list[scripts.Argument] = [claim.conversation, claim.token, claim.worker, claim.delivery]
        keys = self.keys.turn(claim.partition, claim.conversation)
        changed = self._changed(changes, claim, keys, further_keys) if changes else b""
        return scripts.ScriptCall(script, keys, [*claimed, changed, *arguments])

    def _beside(
        self, changes: TurnChanges, claim: Claim, keys: list[str], further_keys: Sequence[str]
    ) -> dict[str, object]:
        """Changes that have keys of their own, which are added to `keys`, in this order. Most steps have none."""
        beside: dict[str, object] = {}
        if changes.usage:
            keys += self.usage.keys_of(claim.partition, claim.conversation, changes.usage.day)
            beside["usage"] = self.usage.record(changes.usage, channel=claim.channel)
        keys += further_keys
        if (changes.parts or changes.events) and (kept := self.transcripts) and kept.is_on:
            beside["transcript"] = {
                "key": len(keys) + 1,
                "parts": {str(number): codec.dump_happening(part).decode() for number, part in changes.parts.items()},
                "events": [codec.dump_happening(event).decode() for event in changes.events],
                "max": kept.max_entries,
                "keep_ms": kept.keep_ms,
            }
            keys += kept.keys_of(claim.partition, claim.conversation)
        if (changes.activities or changes.warnings) and self.feed and self._feed_key:
            keys.append(self._feed_key)
            beside["feed"] = {
                "key": len(keys),
                "length": self.feed.length,
                "activities": [codec.dump_activity(activity).decode() for activity in changes.activities],
                "warnings": {scope: codec.dump_activity(told).decode() for scope, told in changes.warnings.items()},
            }
        if changes.forget:
            keys.append(self.forgetting.key(claim.partition))
            beside["forget"] = self.forgetting.record(changes.forget)
        return beside

    def _changed(self, changes: TurnChanges, claim: Claim, keys: list[str], further_keys: Sequence[str]) -> bytes:
        """What `changes.lua` takes. Further keys are added to `keys`."""
        record = self._beside(changes, claim, keys, further_keys)
        if changes.agent:
            record["agent"] = changes.agent
        if changes.trace:
            record["trace"] = changes.trace
        if changes.sent:
            record["sent"] = {str(part): message_id for part, message_id in changes.sent.items()}
        if changes.state or changes.heard:
            record["state"] = self.states.changed(changes.state, changes.heard)
        if changes.agent_notes:
            record["agent_notes"] = self.states.noted(changes.agent_notes)
        if admitted := changes.rate_log.messages:
            record["messages"] = _admitted_record(admitted, keep_seconds=changes.keep_seconds)
        if admitted := changes.rate_log.notices:
            record["notices"] = _admitted_record(admitted, keep_seconds=changes.keep_seconds)
        return codec.dump_record(record) if record else b""


def _fields(flat: Sequence[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _admitted(flat: Sequence[str]) -> tuple[Arrival, ...]:
    return tuple([Arrival(id=id_, at=float(at)) for id_, at in itertools.batched(flat, 2)])


def _admitted_record(admitted: Sequence[Arrival], *, keep_seconds: float) -> dict[str, object]:
    """What `record_admitted` takes. Times are texts: the scripts' numbers have fewer digits."""
    flat: list[str] = []
    for arrival in admitted:
        flat += [repr(arrival.at), arrival.id]
    oldest = max([arrival.at for arrival in admitted]) - keep_seconds
    return {"arrivals": flat, "oldest": repr(oldest), "keep_ms": int(keep_seconds * 1000)}
