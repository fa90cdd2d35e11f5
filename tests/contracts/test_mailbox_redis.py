"""The mailbox on Redis and Valkey keeps the contract, and makes some promises of its own."""

import asyncio
import time

import pytest
from attrs import evolve

from adapters.memory.clock import FakeClock
from adapters.redis import scripts
from adapters.redis.activity_feed import MAX_READING, RedisActivityFeed
from adapters.redis.connection import MAX_WAIT_SECONDS, StoreConnections
from adapters.redis.keys import GENERATION_SECONDS, Keys, generation_at
from adapters.redis.mailbox import PartitionMismatchError, RedisMailbox
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.system_clock import SystemClock
from application.ports.leases import LeaseLostError
from application.ports.message_log import Remembered
from application.ports.send_rate_limiter import CreditRequest
from application.ports.turn_changes import TurnChanges
from contracts.initiated_turns_contract import initiated
from contracts.mailbox_steps import ANSWER, begin_one, claim_one, nothing_ready
from contracts.redis_mailbox_contract import RedisMailboxContract
from contracts.turn_changes_contract import activities, arrivals, published
from domain.policies.rate_limit import RateLog
from domain.policies.send_rate import SendRate, SendRates
from support.messages import CONVERSATION, enqueued
from support.polling import eventually
from support.store import blocked_clients


class TestRedisMailbox(RedisMailboxContract):
    async def test_the_same_delivery_at_the_same_moment_is_stored_once(self, mailbox: RedisMailbox) -> None:
        """Of twenty concurrent callers, one gets the answer that the message is new."""
        same = enqueued(message_id="wamid.1")

        answers = await asyncio.gather(*(mailbox.accept(messages=[same]) for _ in range(20)))

        assert sorted(answers) == [(False,)] * 19 + [(True,)]

    async def test_the_same_turn_at_the_same_moment_is_initiated_once(self, mailbox: RedisMailbox) -> None:
        """However often a request is repeated."""
        answers = await asyncio.gather(*(mailbox.initiate(turn=initiated()) for _ in range(20)))

        assert sorted(answers) == [False] * 19 + [True]

    async def test_a_dead_letter_that_is_gone_by_now_is_not_replayed(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """Another operator replayed or discarded it after it was read."""
        names = [*keys.transition(0), keys.of(0, "dead"), keys.of(0, "priority:whatsapp:1")]

        replayed = await store.run(scripts.REPLAY, names, ["1-1", "whatsapp:1", "{}"])

        assert not replayed
        assert await nothing_ready(mailbox)

    async def test_an_initiated_turn_is_known_for_seven_days(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """Like a message. And it is forgotten like one."""
        start = generation_at(time.time()) * GENERATION_SECONDS
        clock = FakeClock(start + GENERATION_SECONDS - 1)
        on_time, slow = evolve(mailbox, clock=clock), evolve(mailbox, clock=FakeClock(start - 1))
        await on_time.initiate(turn=initiated())
        (name,) = await store.commands.keys(f"{keys.prefix}:{{0}}:seen:*")
        days = await store.commands.pttl(name) / 1000 / 86400

        for _ in range(2):
            clock.advance(GENERATION_SECONDS)
            assert not await on_time.initiate(turn=initiated())
        assert not await slow.initiate(turn=initiated())
        assert 7 < days <= 14

    async def test_a_claim_waits_for_nobody_who_watches(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """However many watch the feed. Each blocking read has a connection of its own, and there are not too many."""
        feed = RedisActivityFeed(store=store, keys=keys)
        await mailbox.accept(messages=[enqueued()])
        newest = await feed.newest()
        before = await blocked_clients(store)
        watching = [asyncio.create_task(anext(feed.follow(after=newest))) for _ in range(2 * MAX_READING)]

        async def all_places_are_taken() -> bool:
            return await blocked_clients(store) == before + MAX_READING

        await eventually(all_places_are_taken)
        async with asyncio.timeout(MAX_WAIT_SECONDS / 2):
            claims = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)

        for watcher in watching:
            watcher.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        assert len(claims) == 1

    async def test_a_repeated_reply_publishes_once(self, mailbox: RedisMailbox) -> None:
        """The answer to the first request got lost, and the worker repeats the step."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)

        for _ in range(2):
            await mailbox.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges(activities=activities("proposed")))

        assert await published(mailbox) == ["proposed"]

    async def test_a_damaged_feed_stops_no_turn(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """What is published may get lost. The answer may not."""
        await store.execute("SET", keys.shared("feed"), "damaged")
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)

        await mailbox.complete(claim=claim, changes=TurnChanges(activities=activities("answered")))

        assert await nothing_ready(mailbox)

    async def test_an_idle_conversation_costs_no_key(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """Only the queue itself, the counter, and the known ids stay."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)

        names = {name.split(":")[2] for name in await store.commands.keys(f"{keys.prefix}:{{0}}:*")}

        assert names == {"ready", "arrivals", "seen"}
        assert await store.commands.xlen(keys.of(0, "ready")) == 0
        assert (await store.commands.xpending(keys.of(0, "ready"), "workers"))["pending"] == 0

    async def test_the_rate_log_of_a_quiet_person_costs_no_key(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """It vanishes with its time."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        rate_log = RateLog(messages=arrivals(1001.0), notices=arrivals(1001.0))
        await mailbox.record_sent(claim=claim, changes=TurnChanges(rate_log=rate_log, keep_seconds=0.02))

        async def gone() -> bool:
            names = [keys.of(0, f"{name}:{CONVERSATION}") for name in ("admitted", "notices")]
            return not await store.commands.exists(*names)

        await eventually(gone)

    async def test_texts_that_cannot_be_kept_fail_no_step(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """A full store takes no texts, and finishes its turns."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        words = (Remembered(channel="whatsapp", message_id="m1", text="hello"),)
        await store.commands.config_set("maxmemory", 1)
        try:
            await mailbox.complete(claim=claim, changes=TurnChanges(words=words))
        finally:
            await store.commands.config_set("maxmemory", 0)

        assert await mailbox.log.recall(channel="whatsapp", message_ids=["m1"]) == {}
        assert not await store.commands.hlen(keys.of(0, "tokens"))

    async def test_a_deferred_conversation_holds_no_place_in_the_queue(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """It is queued again when it is due."""
        await mailbox.initiate(turn=initiated())
        claim, _ = await begin_one(mailbox)
        await mailbox.defer(claim=claim, after_seconds=60)

        assert await store.commands.xlen(keys.of(0, "ready")) == 0
        assert (await store.commands.xpending(keys.of(0, "ready"), "workers"))["pending"] == 0

    async def test_an_entry_that_is_no_token_is_refused_and_removed(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """A conversation has one token. The token hash says which, whatever an operator wrote to the stream."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox, worker="a")
        await store.commands.xadd(keys.of(0, "ready"), {"conversation": claim.conversation})
        stray = await claim_one(mailbox, worker="b")

        with pytest.raises(LeaseLostError):
            await mailbox.begin(claim=stray)

        async def swept() -> bool:
            taken = await mailbox.reap(partition=0, worker="c", limit=10)
            assert {claim.token} >= {again.token for again in taken}
            return await store.commands.xlen(keys.of(0, "ready")) == 1

        await eventually(swept)

    async def test_a_message_is_known_for_seven_days(self, mailbox: RedisMailbox) -> None:
        """Whatever its generation is, and also for a process whose clock is behind."""
        start = generation_at(time.time()) * GENERATION_SECONDS
        clock, again = FakeClock(start + GENERATION_SECONDS - 1), enqueued(message_id="wamid.1")
        on_time, slow = evolve(mailbox, clock=clock), evolve(mailbox, clock=FakeClock(start - 1))
        await on_time.accept(messages=[again])

        for _ in range(2):
            clock.advance(GENERATION_SECONDS)
            assert await on_time.accept(messages=[again]) == (False,)
        assert await slow.accept(messages=[again]) == (False,)

    async def test_known_ids_are_forgotten_in_the_end(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """Memory does not grow with uptime."""
        await mailbox.accept(messages=[enqueued()])

        (name,) = await store.commands.keys(f"{keys.prefix}:{{0}}:seen:*")
        days = await store.commands.pttl(name) / 1000 / 86400

        assert 7 < days <= 14

    async def test_due_conversations_are_made_ready_in_batches(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So that the store can serve others in between. The wait of 0 makes the caller continue at once."""
        monkeypatch.setattr("adapters.redis.mailbox.PROMOTED_AT_ONCE", 2)
        for number in range(3):
            await mailbox.initiate(turn=initiated(f"initiated-{number}", channel=f"whatsapp-{number}"))
        for claim in await mailbox.claim(partition=0, worker="a", limit=3, wait_seconds=1):
            await mailbox.defer(claim=claim, after_seconds=0)

        waits = [await mailbox.promote(partition=0)]
        ready = [await store.commands.xlen(keys.of(0, "ready"))]
        waits.append(await mailbox.promote(partition=0))
        ready.append(await store.commands.xlen(keys.of(0, "ready")))

        assert waits == [0, None]
        assert ready == [2, 3]

    async def test_credit_is_taken_beside_the_reply(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """The reply has the answer, and the credit counts for the next turn."""
        asking = evolve(mailbox, limiter=RedisSendRateLimiter(store=store, keys=keys))
        send_rates = SendRates(account=SendRate(interval_seconds=60))
        await asking.accept(messages=[enqueued()])
        claim, turn = await begin_one(asking)
        request = CreditRequest(conversation=CONVERSATION, turn_id=turn.id, send_rates=send_rates)

        saved = await asking.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges(credit=request))
        again = await asking.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges())
        others = await RedisSendRateLimiter(store=store, keys=keys).take(evolve(request, turn_id="another"))

        assert (saved.wait, again.wait) == (0, None)
        assert round(others, -1) == 60

    async def test_another_number_of_partitions_refuses_to_start(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """Messages would be looked for in the wrong place."""
        other = RedisMailbox(store=store, keys=Keys(prefix=keys.prefix, partitions=16), clock=SystemClock())

        with pytest.raises(PartitionMismatchError, match="has 1 partitions, the configuration says 16"):
            await other.prepare()

    async def test_a_batch_over_many_partitions_is_answered_in_order(self, store: StoreConnections, keys: Keys) -> None:
        """Each answer is at the position of its message."""
        spread = RedisMailbox(store=store, keys=Keys(prefix=f"{keys.prefix}-16", partitions=16), clock=SystemClock())
        await spread.prepare()
        from domain.people.person import Person  # noqa: PLC0415

        people = [
            enqueued(message_id=f"wamid.{number}", person=Person(phone=f"1555000{number}")) for number in range(40)
        ]
        await spread.accept(messages=people[::2])

        answers = await spread.accept(messages=people)

        assert answers == tuple(number % 2 == 1 for number in range(40))
