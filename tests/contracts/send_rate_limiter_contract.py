"""What every pacer promises."""

import time

import pytest

from application.ports.send_rate_limiter import SendRateLimiter, Stop
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates
from support.polling import eventually

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
SLOW = SendRate(interval_seconds=60, burst=3)
TWICE = SendRate(interval_seconds=60, burst=2)
# Credit that is whole again before a test gets impatient.
QUICK = SendRate(interval_seconds=0.05, burst=1)

PROBE_SECONDS = 0.1


async def waits(
    send_rate_limiter: SendRateLimiter, times: int, *, send_rates: SendRates, conversation: Conversation = ANA
) -> list[float]:
    """What one is told who wants to send so often, in seconds rounded to tens."""
    return [
        round(await send_rate_limiter.take(conversation=conversation, send_rates=send_rates), -1) for _ in range(times)
    ]


class PacerContract:
    """Inherit, and provide the fixture `send_rate_limiter`; it waits `PROBE_SECONDS` for a trial send."""

    async def test_without_a_pace_everything_goes(self, send_rate_limiter: SendRateLimiter) -> None:
        """At once."""
        assert await waits(send_rate_limiter, 100, send_rates=SendRates()) == [0.0] * 100

    async def test_so_many_go_at_once_then_one_an_interval(self, send_rate_limiter: SendRateLimiter) -> None:
        """Asking again does not make it longer."""
        assert await waits(send_rate_limiter, 5, send_rates=SendRates(person=SLOW)) == [0, 0, 0, 60, 60]

    async def test_without_a_burst_one_goes_an_interval(self, send_rate_limiter: SendRateLimiter) -> None:
        """Nothing is saved up."""
        send_rates = SendRates(person=SendRate(interval_seconds=60))

        assert await waits(send_rate_limiter, 3, send_rates=send_rates) == [0, 60, 60]

    async def test_a_pace_that_is_lifted_holds_nobody(self, send_rate_limiter: SendRateLimiter) -> None:
        """What was sent under it is still remembered."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW, number=SLOW))

        assert await waits(send_rate_limiter, 2, send_rates=SendRates()) == [0, 0]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW)) == [60]

    async def test_the_next_goes_when_it_was_said_to(self, send_rate_limiter: SendRateLimiter) -> None:
        """And it alone."""
        send_rates = SendRates(person=SendRate(interval_seconds=0.05, burst=2))
        for _ in range(2):
            assert await send_rate_limiter.take(conversation=ANA, send_rates=send_rates) == 0

        wait = await send_rate_limiter.take(conversation=ANA, send_rates=send_rates)
        assert 0 < wait <= 0.05

        async def goes() -> bool:
            return await send_rate_limiter.take(conversation=ANA, send_rates=send_rates) == 0

        await eventually(goes, seconds=5)
        assert await send_rate_limiter.take(conversation=ANA, send_rates=send_rates) > 0

    async def test_each_person_has_their_own_credit(self, send_rate_limiter: SendRateLimiter) -> None:
        """One who is written to a lot does not keep others waiting."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW))

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW), conversation=BOB) == [0]

    async def test_a_number_has_one_credit_for_all(self, send_rate_limiter: SendRateLimiter) -> None:
        """And each number its own."""
        other = Conversation(channel="sales", user=BOB.user)
        send_rates = SendRates(number=SLOW)

        waited = [
            await waits(send_rate_limiter, 2, send_rates=send_rates, conversation=conversation)
            for conversation in (ANA, BOB)
        ]

        assert waited == [[0, 0], [0, 60]]
        assert await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=other) == [0]

    async def test_what_came_in_counts_for_the_number(self, send_rate_limiter: SendRateLimiter) -> None:
        """For the person it does not, and what goes is never held by it."""
        send_rates = SendRates(person=SLOW, number=SLOW)

        assert await send_rate_limiter.take(conversation=ANA, send_rates=send_rates, received=3) == 0

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(number=SLOW), conversation=BOB) == [120]
        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW)) == [0, 0, 60]

    async def test_who_waits_for_the_number_loses_no_credit_of_their_own(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """However often they ask."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(number=SLOW), conversation=BOB)
        await waits(send_rate_limiter, 5, send_rates=SendRates(person=TWICE, number=SLOW))

        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=TWICE)) == [0, 0, 60]

    async def test_who_waits_for_their_own_takes_none_of_the_number(self, send_rate_limiter: SendRateLimiter) -> None:
        """It is for others."""
        await waits(send_rate_limiter, 5, send_rates=SendRates(person=TWICE, number=SLOW))

        assert await waits(send_rate_limiter, 2, send_rates=SendRates(number=SLOW), conversation=BOB) == [0, 60]

    async def test_who_was_too_much_waits(self, send_rate_limiter: SendRateLimiter) -> None:
        """Whatever was saved up, and also where there is no pace."""
        await send_rate_limiter.back_off(conversation=ANA, seconds=60)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW)) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates()) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW), conversation=BOB) == [0]

    async def test_a_shorter_wait_does_not_end_a_longer_one(self, send_rate_limiter: SendRateLimiter) -> None:
        """The channel said both."""
        await send_rate_limiter.back_off(conversation=ANA, seconds=60)
        await send_rate_limiter.back_off(conversation=ANA, seconds=1)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates()) == [60]

    async def test_after_the_wait_they_are_written_to_again(self, send_rate_limiter: SendRateLimiter) -> None:
        """With the credit there was."""
        await waits(send_rate_limiter, 1, send_rates=SendRates(person=TWICE))
        await send_rate_limiter.back_off(conversation=ANA, seconds=0.05)

        async def goes() -> bool:
            return await send_rate_limiter.take(conversation=ANA, send_rates=SendRates(person=TWICE)) == 0

        await eventually(goes, seconds=5)
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=TWICE)) == [60]

    async def test_all_wait_when_the_number_was_too_much(self, send_rate_limiter: SendRateLimiter) -> None:
        """Other numbers go on."""
        other = Conversation(channel="sales", user=BOB.user)
        await send_rate_limiter.back_off_all(channel="whatsapp", seconds=60)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW, number=SLOW)) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(), conversation=BOB) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(number=SLOW), conversation=other) == [0]

    async def test_each_try_in_vain_makes_a_stop_longer(self, send_rate_limiter: SendRateLimiter) -> None:
        """Up to ten times; sends that were under way when it was stopped are no tries. Who goes again begins anew."""
        found: list[float] = []
        for _ in range(5):
            for _ in range(3):
                await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=0.01)

            async def may_try() -> bool:
                return await send_rate_limiter.stopped(channel="whatsapp") == Stop(reason="spam", seconds=0)

            await eventually(may_try)
            await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)
            stop = await send_rate_limiter.stopped(channel="whatsapp")
            assert stop is not None
            found.append(round(stop.seconds, -1))
            await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=0)

        assert found == [120, 240, 480, 600, 600]
        await send_rate_limiter.resume(channel="whatsapp")
        await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)
        stop = await send_rate_limiter.stopped(channel="whatsapp")
        assert stop is not None
        assert round(stop.seconds, -1) == 60

    async def test_a_number_goes_until_it_is_stopped(self, send_rate_limiter: SendRateLimiter) -> None:
        """Whoever stops it first is told so."""
        assert await send_rate_limiter.stopped(channel="whatsapp") is None

        first = await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)
        second = await send_rate_limiter.stop(channel="whatsapp", reason="locked", seconds=120)
        stop = await send_rate_limiter.stopped(channel="whatsapp")

        assert (first, second) == (True, False)
        assert stop is not None
        assert (stop.reason, round(stop.seconds, -1)) == ("locked", 120)
        assert await send_rate_limiter.stopped(channel="sales") is None

    async def test_a_number_that_resumes_goes(self, send_rate_limiter: SendRateLimiter) -> None:
        """Whoever resumes it first is told so."""
        never = await send_rate_limiter.resume(channel="whatsapp")
        await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)

        assert (
            never,
            await send_rate_limiter.resume(channel="whatsapp"),
            await send_rate_limiter.resume(channel="whatsapp"),
        ) == (
            *(False, True),
            False,
        )
        assert await send_rate_limiter.stopped(channel="whatsapp") is None
        assert await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)

    @pytest.mark.parametrize("again", [False, True])
    async def test_when_its_time_is_over_one_tries_after_the_other(
        self, send_rate_limiter: SendRateLimiter, again: bool
    ) -> None:
        """The next when the first said nothing for a while; it is still stopped for everybody else."""
        await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=0)
        for _ in range(1 + again):

            async def may_try() -> bool:
                return await send_rate_limiter.stopped(channel="whatsapp") == Stop(reason="spam", seconds=0)

            await eventually(may_try)
            stop = await send_rate_limiter.stopped(channel="whatsapp")
            assert stop is not None
            assert stop.reason == "spam"
            assert 0 < stop.seconds <= PROBE_SECONDS

        assert not await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)
        assert await send_rate_limiter.stopped(channel="whatsapp") is not None

    async def test_who_asks_about_a_stop_is_told_since_when(self, send_rate_limiter: SendRateLimiter) -> None:
        """And that it is over; the first stop counts, whatever came since."""
        unstopped = await send_rate_limiter.report(channel="whatsapp")
        before = time.time()
        await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)
        after = time.time()
        await send_rate_limiter.stop(channel="whatsapp", reason="locked", seconds=120)
        stopped = await send_rate_limiter.report(channel="whatsapp")
        await send_rate_limiter.resume(channel="whatsapp")

        assert unstopped is None
        assert stopped is not None
        assert (stopped.reason, round(stopped.seconds, -1)) == ("locked", 120)
        assert before - 0.001 <= stopped.since <= after + 0.001
        assert await send_rate_limiter.report(channel="whatsapp") is None

    async def test_who_asks_about_a_stop_takes_nobodys_try(self, send_rate_limiter: SendRateLimiter) -> None:
        """However often; a number that was stopped again is stopped since then."""
        await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=60)
        await send_rate_limiter.resume(channel="whatsapp")
        resumed = time.time()
        await send_rate_limiter.stop(channel="whatsapp", reason="spam", seconds=0)

        reports = [await send_rate_limiter.report(channel="whatsapp") for _ in range(3)]

        assert [report.seconds for report in reports if report] == [0, 0, 0]
        assert all(report.since >= resumed - 0.001 for report in reports if report)
        assert await send_rate_limiter.stopped(channel="whatsapp") == Stop(reason="spam", seconds=0)
