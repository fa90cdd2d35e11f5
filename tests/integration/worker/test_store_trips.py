"""How often a turn goes to the store and waits for it."""

from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from adapters.memory.messenger import EVERYTHING
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.redis.transcripts import RedisTranscripts
from adapters.system_clock import SystemClock
from domain.conversations.outcome import Outcome
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.send_rate import SendRate, SendRates
from support.answering import Answering
from support.messages import CONVERSATION, enqueued
from support.watched_ports import WatchedMailbox, WatchedMessenger

QUICK = SendRate(interval_seconds=0.001, burst=5)
type Trips = list[float]


@pytest.fixture
def trips() -> Trips:
    """The seconds of each trip to the store so far. Calls that travel together are one trip."""
    return []


@pytest.fixture
async def store(valkey_url: str, trips: Trips) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(valkey_url, measure=trips.append)
    yield connections
    await connections.aclose()


async def answering_on(store: StoreConnections, keys: Keys, messenger: WatchedMessenger) -> Answering:
    """A worker's use cases with all that a turn asks for.

    That is: rate limit, loops, send rates, circuit breaker, texts, transcripts.
    """
    transcripts = RedisTranscripts(store=store, keys=keys, log=RedisMessageLog(store=store, keys=keys))
    limiter = RedisSendRateLimiter(store=store, keys=keys)
    mailbox = RedisMailbox(store=store, keys=keys, clock=SystemClock(), transcripts=transcripts, limiter=limiter)
    await mailbox.prepare()
    return Answering(
        mailbox=WatchedMailbox(mailbox),
        messenger=messenger,
        rate_limit=RateLimitPolicy(),
        send_rate_limiter=limiter,
    )


@pytest.mark.parametrize(("limit", "parts", "most"), [(4096, 1, 3), (10, 2, 5)])
async def test_a_turn_makes_few_trips(
    store: StoreConnections, keys: Keys, trips: Trips, *, limit: int, parts: int, most: int
) -> None:
    """Three for a turn of one part, and two more for each further part.

    They are counted from the claim, which many turns share, to the end of the turn. No turn waits for the activity
    feed. The second turn counts: the store knows the scripts by then, and the conversation has a past.
    """
    messenger = WatchedMessenger(
        capabilities=evolve(EVERYTHING, text=limit), send_rates=SendRates(person=QUICK, account=QUICK)
    )
    answering = await answering_on(store, keys, messenger)
    for _ in range(2):
        await answering.accept(enqueued("hello"))
        lease = answering.lease(await answering.claim())
        trips.clear()
        assert await answering.answer(lease=lease) is Outcome.ANSWERED

    assert len(messenger.sent) == 2 * parts
    assert len(trips) <= most


async def test_a_turn_that_sends_nothing_makes_three_trips(store: StoreConnections, keys: Keys, trips: Trips) -> None:
    """It begins, saves an empty reply, and ends."""
    answering = await answering_on(store, keys, WatchedMessenger())
    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="somebody wrote")
    for _ in range(2):
        await answering.accept(enqueued("hello"))
        lease = answering.lease(await answering.claim())
        trips.clear()
        assert await answering.answer(lease=lease) is Outcome.HELD

    assert len(trips) == 3
