"""Many conversations wait for the send rate of one number, on a real store and two workers."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import pytest

from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.redis import scripts, send_rate_limiter
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.system_clock import SystemClock
from application.sending import send_credit
from domain.people.person import Person
from domain.policies.send_rate import SendRate, SendRates
from support.answering import Answering
from support.messages import enqueued
from support.polling import eventually
from support.store import blocked_clients
from support.watched_ports import WatchedMailbox, WatchedMessenger
from support.workers import hurry, working

PEOPLE = [Person(phone=f"1555000{number:04}") for number in range(200)]
# Meta counts the message that came in, too: two for each turn.
INTERVAL_SECONDS = 0.005
NEEDED_SECONDS = 2 * len(PEOPLE) * INTERVAL_SECONDS


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)
    for module in (send_rate_limiter, send_credit):
        monkeypatch.setattr(module, "MAX_WAIT_SECONDS", 0.2)


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(valkey_url)
    yield connections
    await connections.aclose()


@pytest.fixture
def asked(store: StoreConnections, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often credit was asked for, by the person's key."""
    counted = Counter[str]()
    run = type(store.scripts).run

    async def counting(self: Any, calls: Sequence[scripts.ScriptCall | scripts.Command]) -> Any:
        credit = (call for call in calls if isinstance(call, scripts.ScriptCall) and call.script is scripts.TAKE_CREDIT)
        counted.update(call.keys[0] for call in credit)
        return await run(self, calls)

    monkeypatch.setattr(type(store.scripts), "run", counting)
    return counted


async def test_each_is_answered_once_at_the_rate_with_few_calls(
    store: StoreConnections, keys: Keys, asked: Counter[str]
) -> None:
    """However many wait, nobody asks again and again, no agent runs twice, and the rate is used but not exceeded."""
    messenger = WatchedMessenger(
        send_rates=SendRates(account=SendRate(interval_seconds=INTERVAL_SECONDS), counts_received=True)
    )
    limiters = [RedisSendRateLimiter(store=store, keys=keys) for _ in range(2)]
    workers = [
        Answering(
            mailbox=WatchedMailbox(
                RedisMailbox(store=store, keys=keys, clock=SystemClock(), lease_seconds=5, limiter=limiter)
            ),
            messenger=messenger,
            # The port is the same.
            send_rate_limiter=cast("MemorySendRateLimiter", limiter),
        )
        for limiter in limiters
    ]
    await workers[0].mailbox.prepare()
    blocked = await blocked_clients(store)

    async def both_wait() -> bool:
        return await blocked_clients(store) == blocked + 2

    async with (
        working(workers[0].mailbox, workers[0].answer, name="first"),
        working(workers[1].mailbox, workers[1].answer, name="second"),
    ):
        # Each takes half of them, before it knows of a line.
        await eventually(both_wait)
        began = time.monotonic()
        await workers[0].mailbox.accept(
            messages=[enqueued("hello", message_id=f"m-{person.key}", person=person) for person in PEOPLE]
        )
        await eventually(lambda: len(messenger.sent) == len(PEOPLE), seconds=30)
    took = time.monotonic() - began

    assert sorted(sent.to.key for sent in messenger.sent) == sorted(person.key for person in PEOPLE)
    assert sum(len(worker.agent.calls) for worker in workers) == len(PEOPLE)
    assert took >= NEEDED_SECONDS - 2 * INTERVAL_SECONDS
    # To line up before the agent runs, to come back, and after the slot: at most one of each.
    assert max(asked.values()) <= 4
    assert asked.total() <= 3 * len(PEOPLE)
