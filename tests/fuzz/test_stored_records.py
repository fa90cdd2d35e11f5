"""Stored records may be damaged, or of a later version: they block nothing, and the next message is answered."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.breaker_store import RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import READERS, RedisConversationStates
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.directory import RedisDirectory
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.system_clock import SystemClock
from application.ports.breaker_store import State
from application.ports.dead_letters import UnreadableDeadLetterError
from application.ports.leases import Claim
from application.ports.send_rate_limiter import CreditRequest
from application.ports.turn_changes import TurnChanges
from application.ports.turns import UnreadableTurnError
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import AgentNote
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.people.aliases import Observation
from domain.people.person import Conversation, Person
from domain.policies.debounce import Debounce
from domain.policies.rate_limit import Arrival, RateLog
from domain.policies.send_rate import SendRate, SendRates
from support.aliases import alias, aliases
from support.begin import begin_turn
from support.fuzzing import Run
from support.messages import enqueued
from support.store import embedded_store

PHONE, USER = "15550002222", "US.1"
CONVERSATION = Conversation(channel="whatsapp", user=PHONE)
ACTIVITY = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0)
SEND_RATES = SendRates(
    person=SendRate(interval_seconds=0.001, burst=5), account=SendRate(interval_seconds=0.001, burst=5)
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
# Known fields of the records with other values, and unknown fields.
named = st.dictionaries(
    st.sampled_from(["id", "former", "since", "stated_at", "user_id", "kind", "at", "new"]), json_values
)
numbers = st.sampled_from(["nan", "inf", "-inf", "1e999", "-5", "0x10", "9" * 30, " 1", "1.5"])
records = (
    st.binary(max_size=40)
    | numbers.map(str.encode)
    | (json_values | named).map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [
            *(b"debounce:", b"debounce:x", b"debounce:9e99", b"delayed", b"0-0", b'["a"]', b'["a","b"]', b'{"a":1}'),
            *(b'{"arrived_ms":1,"quiet_ms":2,"cap_ms":3,"message":{}}', b'{"arrived_ms":1}', b'{"id":"1","reply":[]}'),
        ]
    )
)


@define
class Installation:
    """Everything that is stored in one store, with a prefix of its own."""

    url: str
    keys: Keys = field(factory=lambda: Keys(prefix=f"test-{uuid.uuid4().hex}"))
    store: StoreConnections = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.store = StoreConnections.to(self.url)

    @property
    def mailbox(self) -> RedisMailbox:
        return RedisMailbox(store=self.store, clock=SystemClock(), keys=self.keys, lease_seconds=0.5)

    async def damage(self, record: bytes) -> None:
        """Write `record` to every key of a conversation, a person, a message or a number."""
        own, shared = self._own, self.keys.shared
        async with Redis.from_url(self.url) as raw:
            for name in aliases(PHONE, USER):
                await raw.set(shared(f"alias:whatsapp:{name}"), record)
            for name in ("text:whatsapp:m0", "rank:whatsapp:m0"):
                await raw.set(shared(name), record)
            for name in (
                "full_at",
                "blocked_until",
                "line_until",
                "place_at",
                "slot_at",
                "until",
                "since",
                "failed_trials",
                "trial",
                "reason",
            ):
                for kept in (f"send_rate:{{whatsapp}}:{CONVERSATION}", "send_rate:{whatsapp}", "breaker:whatsapp"):
                    await raw.hset(shared(kept), name, record)
            await raw.xadd(shared("feed"), {"activity": record})
            await raw.xadd(shared("feed"), {"other": record})
            for name in ("admitted", "notices"):
                await raw.zadd(own(name), {record: 1.0})
            for name in (*READERS, "mood"):
                await raw.hset(own("state"), name, record)
            await raw.set(self.keys.of(0, "arrivals"), record)
            await raw.xadd(self.keys.of(0, "dead"), {"conversation": record, "turn": record, "reason": record})
            await raw.zadd(own("mail"), {record: 1.0})
            await raw.rpush(own("priority"), record)

    def _own(self, name: str) -> str:
        return self.keys.of(0, f"{name}:{CONVERSATION}")

    async def damage_turn(self, record: bytes) -> None:
        async with Redis.from_url(self.url) as raw:
            for name in ("messages", "reply", "attempts", "sent:0", "to"):
                await raw.hset(self._own("turn"), name, record)

    async def aclose(self) -> None:
        for name in await self.store.commands.keys(f"{self.keys.prefix}:*"):
            await self.store.commands.delete(name)
        await self.store.aclose()


async def identities(at: Installation, record: bytes) -> None:
    directory = RedisDirectory(store=at.store, keys=at.keys)
    seen = Observation(person=Person(phone=PHONE, user_id=USER), at=2_000_000_000.0)

    first, again = [await directory.ids(channel="whatsapp", seen=[seen]) for _ in range(2)]

    assert first == again != ("",)
    assert await directory.find(channel="whatsapp", alias=alias(USER)) == first[0]


async def messages(at: Installation, record: bytes) -> None:
    """The waiting message cannot be read. The new one is answered."""
    await at.mailbox.prepare()
    accepted = enqueued(message_id="wamid.new", sent_at=2.0)
    assert await at.mailbox.accept(messages=[accepted]) == (True,)

    answered: list[str] = []
    for _ in range(4):
        for claim in await at.mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0):
            answered += await turn(at.mailbox, claim)

    assert answered[-1:] == ["wamid.new"] or await in_dead_letters(at)


async def turn(mailbox: RedisMailbox, claim: Claim) -> list[str]:
    try:
        begun = await begin_turn(mailbox, claim)
    except UnreadableTurnError:
        await mailbox.dead_letter(claim=claim, reason="unreadable")
        return []
    if begun is None:
        return []
    await mailbox.complete(claim=claim)
    return [message.id for message in begun.messages]


async def in_dead_letters(at: Installation) -> bool:
    """Whether the new message is in a dead letter together with the unreadable ones."""
    letters = await RedisDeadLetters(store=at.store, keys=at.keys).page(limit=100)
    return any("wamid.new" in getattr(letter, "raw", "") for letter in letters)


async def turns_under_way(at: Installation, record: bytes) -> None:
    mailbox = RedisMailbox(store=at.store, clock=SystemClock(), keys=Keys(prefix=f"{at.keys.prefix}:2"))
    other = Installation(url=at.url, keys=mailbox.keys)
    await mailbox.prepare()
    await mailbox.accept(messages=[enqueued()])
    (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0)
    await mailbox.begin(claim=claim)
    await other.damage_turn(record)

    await turn(mailbox, claim)

    assert await mailbox.accept(messages=[enqueued()]) == (True,)
    assert len(await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0)) == 1
    await other.aclose()


async def waiting_for_more(at: Installation, record: bytes) -> None:
    """The time at which the conversation is due is damaged."""
    async with Redis.from_url(at.url) as raw:
        await raw.hset(at.keys.of(0, "tokens"), "whatsapp:waits", b"debounce:" + record)
    waits = enqueued(person=Person(phone="waits"), debounce=Debounce(quiet_seconds=0.001, cap_seconds=5))

    assert await at.mailbox.accept(messages=[waits]) == (True,)


async def dead_letters(at: Installation, record: bytes) -> None:
    letters = RedisDeadLetters(store=at.store, keys=at.keys)

    for letter in await letters.page(limit=10):
        with contextlib.suppress(UnreadableDeadLetterError):
            await letters.replay(letter_id=letter.id)
            continue
        await letters.discard(letter_id=letter.id)

    assert await letters.page(limit=10) == ()


async def sending(at: Installation, record: bytes) -> None:
    send_rate_limiter = RedisSendRateLimiter(store=at.store, keys=at.keys)

    assert (
        await send_rate_limiter.take(CreditRequest(conversation=CONVERSATION, turn_id="t", send_rates=SEND_RATES)) >= 0
    )
    await send_rate_limiter.back_off(conversation=CONVERSATION, seconds=0.1)
    await send_rate_limiter.back_off_all(channel="whatsapp", seconds=0.1)
    breakers = RedisBreakerStore(store=at.store, keys=at.keys)
    found = [await breakers.try_acquire(channel="whatsapp"), await breakers.status(channel="whatsapp")]
    await breakers.open(channel="whatsapp", reason="again", seconds=1)

    assert all(breaker.state is not State.CLOSED for breaker in found)
    assert (await breakers.try_acquire(channel="whatsapp")).reason == "again"


async def message_texts(at: Installation, record: bytes) -> None:
    log = RedisMessageLog(store=at.store, keys=at.keys)
    update = StatusUpdate(channel="whatsapp", message_id="m0", status=DeliveryStatus.READ, at=1.0)

    await log.recall(channel="whatsapp", message_ids=["m0"])
    await log.arrived(channel="whatsapp", message_id="m0")
    await log.advance(updates=[update])

    assert await log.advance(updates=[update]) == (False,)


async def watchers(at: Installation, record: bytes) -> None:
    feed = RedisActivityFeed(store=at.store, keys=at.keys)
    await feed.publish(activities=[ACTIVITY])

    async with asyncio.timeout(10):
        async for _, activity in feed.follow(after="0"):
            if activity == ACTIVITY:
                break


async def states(at: Installation, record: bytes) -> None:
    kept = RedisConversationStates(store=at.store, keys=at.keys)

    await kept.of(conversation=CONVERSATION)
    await kept.note(conversation=CONVERSATION, agent_notes=[AgentNote(text="hello?")])
    await kept.change(conversation=CONVERSATION, heard_at=2e9, session=3)

    changed = await kept.of(conversation=CONVERSATION)
    assert (changed.session, changed.agent_notes[-1:]) == (3, (AgentNote(text="hello?"),))


async def callers(at: Installation, record: bytes) -> None:
    keys = RedisIdempotencyKeys(store=at.store, keys=at.keys)
    await keys.claim(channel="whatsapp", key="k", request="digest")
    async with Redis.from_url(at.url) as raw:
        for name in await raw.keys(f"{at.keys.prefix}:request:*"):
            await raw.set(name, record)

    known = await keys.request(channel="whatsapp", key="k")

    assert await keys.claim(channel="whatsapp", key="k", request="digest") == (known == "digest")


async def limits(at: Installation, record: bytes) -> None:
    """What was admitted before may be damaged; what is admitted now is known."""
    mailbox = at.mailbox
    await mailbox.prepare()
    async with Redis.from_url(at.url) as raw:
        await raw.delete(at.keys.of(0, f"mail:{CONVERSATION}"), at.keys.of(0, f"priority:{CONVERSATION}"))
    await mailbox.accept(messages=[enqueued(person=Person(phone=PHONE))])
    (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0)
    await mailbox.begin(claim=claim)
    arrival = Arrival(id="h", at=2.0)
    changes = TurnChanges(rate_log=RateLog(messages=(arrival,)), keep_seconds=60)
    await mailbox.record_sent(claim=claim, changes=changes)

    begun = await mailbox.begin(claim=claim)

    assert begun is not None
    assert arrival in begun.rate_log.messages


USES: Mapping[str, Callable[[Installation, bytes], Coroutine[Any, Any, None]]] = {
    use.__name__: use
    for use in (
        identities, messages, turns_under_way, waiting_for_more, dead_letters, sending, message_texts, watchers,
        states, callers, limits,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def url(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = embedded_store(tmp_path_factory.mktemp("store"))
    yield run(store.__aenter__())
    run(store.__aexit__(None, None, None))


@pytest.mark.parametrize("use", USES)
@settings(max_examples=25)
@given(record=records)
def test_a_damaged_record_blocks_nothing(run: Run, url: str, use: str, record: bytes) -> None:
    """With any bytes, at any key."""

    async def example() -> None:
        at = Installation(url)
        await at.damage(record)
        await USES[use](at, record)
        await at.aclose()

    run(example())
