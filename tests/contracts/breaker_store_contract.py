"""What every BreakerStore promises."""

import time

import pytest

from application.ports.breaker_store import Breaker, BreakerStore, State
from support.polling import eventually

TRIAL_SECONDS = 0.1


async def acquire_trial(breakers: BreakerStore) -> None:
    """Wait until this caller may make the trial send."""

    async def may_try() -> bool:
        return (await breakers.try_acquire(channel="whatsapp")).state is State.HALF_OPEN

    await eventually(may_try)


async def seconds_left(breakers: BreakerStore) -> float:
    """How long the breaker is still open, rounded to tens."""
    return round((await breakers.try_acquire(channel="whatsapp")).seconds, -1)


class BreakerStoreContract:
    """Inherit, and provide the fixture `breakers`; a trial has `TRIAL_SECONDS`."""

    async def test_each_trial_that_fails_doubles_the_time(self, breakers: BreakerStore) -> None:
        """Up to ten times. A send that began before the breaker opened is no trial. A close resets the time."""
        found: list[float] = []
        for _ in range(5):
            for _ in range(3):
                await breakers.open(channel="whatsapp", reason="spam", seconds=0.01)
            await acquire_trial(breakers)
            await breakers.open(channel="whatsapp", reason="spam", seconds=60)
            found.append(await seconds_left(breakers))
            await breakers.open(channel="whatsapp", reason="spam", seconds=0)

        assert found == [120, 240, 480, 600, 600]
        await breakers.close(channel="whatsapp")
        await breakers.open(channel="whatsapp", reason="spam", seconds=60)
        assert await seconds_left(breakers) == 60

    async def test_closed_until_it_is_opened(self, breakers: BreakerStore) -> None:
        """Only the first caller that opens it learns that it was closed. Other channels stay closed."""
        assert await breakers.try_acquire(channel="whatsapp") == Breaker()

        first = await breakers.open(channel="whatsapp", reason="spam", seconds=60)
        second = await breakers.open(channel="whatsapp", reason="locked", seconds=120)
        breaker = await breakers.try_acquire(channel="whatsapp")

        assert (first, second) == (True, False)
        assert (breaker.state, breaker.reason, round(breaker.seconds, -1)) == (State.OPEN, "locked", 120)
        assert await breakers.try_acquire(channel="sales") == Breaker()

    async def test_a_close_closes_it(self, breakers: BreakerStore) -> None:
        """Only the first caller that closes it learns that it was open."""
        never = await breakers.close(channel="whatsapp")
        await breakers.open(channel="whatsapp", reason="spam", seconds=60)
        closed = [await breakers.close(channel="whatsapp") for _ in range(2)]

        assert (never, closed) == (False, [True, False])
        assert await breakers.try_acquire(channel="whatsapp") == Breaker()
        assert await breakers.open(channel="whatsapp", reason="spam", seconds=60)

    @pytest.mark.parametrize("again", [False, True])
    async def test_one_caller_makes_the_trial(self, breakers: BreakerStore, again: bool) -> None:
        """All others wait. When the first reports no result for a while, the next one may try."""
        await breakers.open(channel="whatsapp", reason="spam", seconds=0)
        for _ in range(1 + again):
            await acquire_trial(breakers)
            breaker = await breakers.try_acquire(channel="whatsapp")
            assert (breaker.state, breaker.reason) == (State.OPEN, "spam")
            assert 0 < breaker.seconds <= TRIAL_SECONDS

        assert not await breakers.open(channel="whatsapp", reason="spam", seconds=60)
        assert (await breakers.try_acquire(channel="whatsapp")).state is State.OPEN

    async def test_the_status_says_since_when(self, breakers: BreakerStore) -> None:
        """It has the time of the first opening. A closed breaker has no such time."""
        closed = await breakers.status(channel="whatsapp")
        before = time.time()
        await breakers.open(channel="whatsapp", reason="spam", seconds=60)
        after = time.time()
        await breakers.open(channel="whatsapp", reason="locked", seconds=120)
        opened = await breakers.status(channel="whatsapp")
        await breakers.close(channel="whatsapp")

        assert closed == Breaker()
        assert (opened.state, opened.reason, round(opened.seconds, -1)) == (State.OPEN, "locked", 120)
        assert before - 0.001 <= opened.since <= after + 0.001
        assert await breakers.status(channel="whatsapp") == Breaker()

    async def test_the_status_does_not_use_up_the_trial(self, breakers: BreakerStore) -> None:
        """However often it is asked for. After a close, a new opening sets a new time."""
        await breakers.open(channel="whatsapp", reason="spam", seconds=60)
        await breakers.close(channel="whatsapp")
        closed_at = time.time()
        await breakers.open(channel="whatsapp", reason="spam", seconds=0)

        found = [await breakers.status(channel="whatsapp") for _ in range(3)]

        assert [(breaker.state, breaker.seconds) for breaker in found] == [(State.HALF_OPEN, 0)] * 3
        assert all(breaker.since >= closed_at - 0.001 for breaker in found)
        assert (await breakers.try_acquire(channel="whatsapp")).state is State.HALF_OPEN
