"""Both stores of a person's data keep the contract; on Redis and Valkey, no byte is left."""

import contextlib
import itertools
from typing import Any

import pytest
from attrs import evolve

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.directory import MemoryDirectory
from adapters.memory.event_outbox import MemoryEventOutbox
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.intake import MemoryIntake
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.personal_data import MemoryPersonalData
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.memory.shared_sessions import MemorySharedSessions
from adapters.redis.connection import StoreConnections
from adapters.redis.directory import RedisDirectory
from adapters.redis.event_outbox import RedisEventOutbox
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.keys import Keys
from adapters.redis.personal_data import RedisPersonalData
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.redis.shared_sessions import RedisSharedSessions
from application.ports.store import StoreUnavailableError
from contracts.personal_data_contract import CONVERSATION, MARKS, ON_TELEGRAM, PersonalDataContract, Stored
from contracts.test_transcripts import kept_on
from domain.people.alias import Alias, AliasKind
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Conversation, Person
from support.messages import BOB


def stored_on(store: StoreConnections, keys: Keys) -> Stored:
    kept = kept_on(store, keys)
    feed: Any = kept.intake.feed  # type: ignore[attr-defined]
    return Stored(
        data=RedisPersonalData(store=store, keys=keys),
        mailbox=kept.mailbox,
        intake=kept.intake,
        transcripts=kept.transcripts,
        directory=RedisDirectory(store=store, keys=keys),
        feed=feed,
        outbox=RedisEventOutbox(store=store, keys=keys, feed=feed),
        limiter=RedisSendRateLimiter(store=store, keys=keys),
        shared_sessions=RedisSharedSessions(store=store, keys=keys),
        requests=RedisIdempotencyKeys(store=store, keys=keys),
    )


class TestMemoryPersonalData(PersonalDataContract):
    @pytest.fixture
    def stored(self) -> Stored:
        mailbox, directory, feed = MemoryMailbox(), MemoryDirectory(), MemoryActivityFeed()
        outbox, limiter = MemoryEventOutbox(feed=feed), MemorySendRateLimiter()
        sessions, requests = MemorySharedSessions(), MemoryIdempotencyKeys()
        intake = MemoryIntake(
            inbox=mailbox, directory=directory, states=mailbox.states, feed=feed, transcripts=mailbox.transcripts
        )
        data = MemoryPersonalData(
            mailbox=mailbox,
            feed=feed,
            outbox=outbox,
            directory=directory,
            limiter=limiter,
            shared_sessions=sessions,
            requests=requests,
        )
        return Stored(
            data=data,
            mailbox=mailbox,
            intake=intake,
            directory=directory,
            transcripts=mailbox.transcripts,
            feed=feed,
            outbox=outbox,
            limiter=limiter,
            shared_sessions=sessions,
            requests=requests,
        )


class TestRedisPersonalData(PersonalDataContract):
    @pytest.fixture
    async def stored(self, store: StoreConnections, keys: Keys) -> Stored:
        stored = stored_on(store, keys)
        await stored.mailbox.prepare()
        return stored

    async def test_no_key_and_no_value_has_a_word_of_theirs(
        self, stored: Stored, store: StoreConnections, keys: Keys
    ) -> None:
        """Also not in what deleted entries leave beside others, which DUMP shows as the store's files do."""
        await store.commands.config_set("rdbcompression", "no")  # it would hide what is there
        for body in ("before", "after"):  # beside theirs, in the same streams
            await stored.write(body, person=BOB)
            await stored.answer(dead=True, person=BOB)
            if body == "before":
                await stored.fill()
        before = await marked(store, keys)
        for conversation in (CONVERSATION, ON_TELEGRAM):
            await stored.erase(conversation)
        await stored.answer(person=BOB)  # until then, the queue has what deleted tokens leave beside his

        assert len(before) > 15
        assert await marked(store, keys) == set()

    async def test_an_interrupted_erasure_is_finished_by_the_next_one(
        self, stored: Stored, store: StoreConnections, keys: Keys
    ) -> None:
        """Wherever the store went away: what is left leads to all the rest."""
        await store.commands.config_set("rdbcompression", "no")
        for calls in itertools.count(1, 3):
            await stored.fill()
            broken = evolve(stored, data=RedisPersonalData(store=Leaving(store, calls), keys=keys))  # type: ignore[arg-type]
            with contextlib.suppress(StoreUnavailableError):
                await broken.erase()
                break
            await stored.erase()
            await stored.erase(ON_TELEGRAM)
            assert await marked(store, keys) == set(), f"after {calls} calls"

        assert calls > 20

    async def test_a_number_that_several_people_had_stays_counted(self, stored: Stored) -> None:
        """Its next holder must not get the id, and the conversation, of the first one."""
        number, first, second = (
            "15550009999",
            Person(phone="15550009999", user_id="U1"),
            Person(phone="15550009999", user_id="U2"),
        )
        ids = [await stored.directory.ids(channel="whatsapp", seen=[Observation(person=first, at=1.0)])]
        change = IdentityChange(
            channel="whatsapp",
            known=(Alias(AliasKind.USER_ID, "U1"), Alias(AliasKind.PHONE, number)),
            new=(Alias(AliasKind.USER_ID, "U1"), Alias(AliasKind.PHONE, "15550008888")),
            at=2.0,
        )
        await stored.directory.change(change=change)
        ids.append(await stored.directory.ids(channel="whatsapp", seen=[Observation(person=second, at=3.0)]))

        await stored.erase(Conversation(channel="whatsapp", user=ids[1][0]))
        third = Observation(person=Person(phone=number, user_id="U3"), at=4_000_000_000.0)
        ids.append(await stored.directory.ids(channel="whatsapp", seen=[third]))

        assert ids == [(number,), (f"{number}~2",), (f"{number}~3",)]

    async def test_other_entries_of_a_stream_keep_their_ids(
        self, stored: Stored, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A stream is copied in steps, without what was erased."""
        monkeypatch.setattr("adapters.redis.personal_data.COPIED_AT_ONCE", 2)
        for number in range(5):
            await stored.write(person=Person(phone=f"1555000333{number}"))
            await stored.answer(dead=True)
        feed = stored.feed.keys.shared("feed")  # type: ignore[attr-defined]
        store: StoreConnections = stored.feed.store  # type: ignore[attr-defined]
        before = await store.commands.xrange(feed)

        await stored.erase(Conversation(channel="whatsapp", user="15550003332"))

        assert await store.commands.xrange(feed) == [before[0], before[1], before[3], before[4]]
        assert len(before) == 5


class Leaving:
    """A store that goes away after so many calls."""

    def __init__(self, store: StoreConnections, calls: int) -> None:
        self.store, self.calls = store, calls

    def __getattr__(self, name: str) -> Any:
        if name in {"run", "execute", "run_together"}:
            self.calls -= 1
            if self.calls < 0:
                raise StoreUnavailableError
        return getattr(self.store, name)


async def marked(store: StoreConnections, keys: Keys) -> set[tuple[str, str]]:
    """The keys that have a mark of the person in their name, or in their value as the store's files have it."""
    found: set[tuple[str, str]] = set()
    async for key in store.commands.scan_iter(match=f"{keys.prefix}:*"):
        raw = await store.commands.execute_command("DUMP", key, NEVER_DECODE=True)  # type: ignore[no-untyped-call]
        found |= {(key, mark) for mark in MARKS if mark in key or mark.encode() in (raw or b"")}
    return found
