"""What every pacer promises."""

import time

import pytest

from application.ports.pacer import Pacer, Stop
from domain.conversations import Conversation
from domain.pacing import Pace, Paces
from support.polling import eventually

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
SLOW = Pace(interval_seconds=60, burst=3)
TWICE = Pace(interval_seconds=60, burst=2)
# Credit that is whole again before a test gets impatient.
QUICK = Pace(interval_seconds=0.05, burst=1)

PROBE_SECONDS = 0.1


async def waits(pacer: Pacer, times: int, *, paces: Paces, conversation: Conversation = ANA) -> list[float]:
    """What one is told who wants to send so often, in seconds rounded to tens."""
    return [round(await pacer.take(conversation=conversation, paces=paces), -1) for _ in range(times)]


class PacerContract:
    """Inherit, and provide the fixture `pacer`; it waits `PROBE_SECONDS` for the word of who tries a stopped number."""

    async def test_without_a_pace_everything_goes(self, pacer: Pacer) -> None:
        """At once."""
        assert await waits(pacer, 100, paces=Paces()) == [0.0] * 100

    async def test_so_many_go_at_once_then_one_an_interval(self, pacer: Pacer) -> None:
        """Asking again does not make it longer."""
        assert await waits(pacer, 5, paces=Paces(person=SLOW)) == [0, 0, 0, 60, 60]

    async def test_without_a_burst_one_goes_an_interval(self, pacer: Pacer) -> None:
        """Nothing is saved up."""
        paces = Paces(person=Pace(interval_seconds=60))

        assert await waits(pacer, 3, paces=paces) == [0, 60, 60]

    async def test_a_pace_that_is_lifted_holds_nobody(self, pacer: Pacer) -> None:
        """What was sent under it is still remembered."""
        await waits(pacer, 3, paces=Paces(person=SLOW, number=SLOW))

        assert await waits(pacer, 2, paces=Paces()) == [0, 0]
        assert await waits(pacer, 1, paces=Paces(person=SLOW)) == [60]

    async def test_the_next_goes_when_it_was_said_to(self, pacer: Pacer) -> None:
        """And it alone."""
        paces = Paces(person=Pace(interval_seconds=0.05, burst=2))
        for _ in range(2):
            assert await pacer.take(conversation=ANA, paces=paces) == 0

        wait = await pacer.take(conversation=ANA, paces=paces)
        assert 0 < wait <= 0.05

        async def goes() -> bool:
            return await pacer.take(conversation=ANA, paces=paces) == 0

        await eventually(goes, seconds=5)
        assert await pacer.take(conversation=ANA, paces=paces) > 0

    async def test_each_person_has_their_own_credit(self, pacer: Pacer) -> None:
        """One who is written to a lot does not keep others waiting."""
        await waits(pacer, 3, paces=Paces(person=SLOW))

        assert await waits(pacer, 1, paces=Paces(person=SLOW), conversation=BOB) == [0]

    async def test_a_number_has_one_credit_for_all(self, pacer: Pacer) -> None:
        """And each number its own."""
        other = Conversation(channel="sales", user=BOB.user)
        paces = Paces(number=SLOW)

        waited = [await waits(pacer, 2, paces=paces, conversation=conversation) for conversation in (ANA, BOB)]

        assert waited == [[0, 0], [0, 60]]
        assert await waits(pacer, 1, paces=paces, conversation=other) == [0]

    async def test_what_came_in_counts_for_the_number(self, pacer: Pacer) -> None:
        """For the person it does not, and what goes is never held by it."""
        paces = Paces(person=SLOW, number=SLOW)

        assert await pacer.take(conversation=ANA, paces=paces, received=3) == 0

        assert await waits(pacer, 1, paces=Paces(number=SLOW), conversation=BOB) == [120]
        assert await waits(pacer, 3, paces=Paces(person=SLOW)) == [0, 0, 60]

    async def test_who_waits_for_the_number_loses_no_credit_of_their_own(self, pacer: Pacer) -> None:
        """However often they ask."""
        await waits(pacer, 3, paces=Paces(number=SLOW), conversation=BOB)
        await waits(pacer, 5, paces=Paces(person=TWICE, number=SLOW))

        assert await waits(pacer, 3, paces=Paces(person=TWICE)) == [0, 0, 60]

    async def test_who_waits_for_their_own_takes_none_of_the_number(self, pacer: Pacer) -> None:
        """It is for others."""
        await waits(pacer, 5, paces=Paces(person=TWICE, number=SLOW))

        assert await waits(pacer, 2, paces=Paces(number=SLOW), conversation=BOB) == [0, 60]

    async def test_who_was_too_much_waits(self, pacer: Pacer) -> None:
        """Whatever was saved up, and also where there is no pace."""
        await pacer.slow(conversation=ANA, seconds=60)

        assert await waits(pacer, 1, paces=Paces(person=SLOW)) == [60]
        assert await waits(pacer, 1, paces=Paces()) == [60]
        assert await waits(pacer, 1, paces=Paces(person=SLOW), conversation=BOB) == [0]

    async def test_a_shorter_wait_does_not_end_a_longer_one(self, pacer: Pacer) -> None:
        """The channel said both."""
        await pacer.slow(conversation=ANA, seconds=60)
        await pacer.slow(conversation=ANA, seconds=1)

        assert await waits(pacer, 1, paces=Paces()) == [60]

    async def test_after_the_wait_they_are_written_to_again(self, pacer: Pacer) -> None:
        """With the credit there was."""
        await waits(pacer, 1, paces=Paces(person=TWICE))
        await pacer.slow(conversation=ANA, seconds=0.05)

        async def goes() -> bool:
            return await pacer.take(conversation=ANA, paces=Paces(person=TWICE)) == 0

        await eventually(goes, seconds=5)
        assert await waits(pacer, 1, paces=Paces(person=TWICE)) == [60]

    async def test_all_wait_when_the_number_was_too_much(self, pacer: Pacer) -> None:
        """Other numbers go on."""
        other = Conversation(channel="sales", user=BOB.user)
        await pacer.slow_all(channel="whatsapp", seconds=60)

        assert await waits(pacer, 1, paces=Paces(person=SLOW, number=SLOW)) == [60]
        assert await waits(pacer, 1, paces=Paces(), conversation=BOB) == [60]
        assert await waits(pacer, 1, paces=Paces(number=SLOW), conversation=other) == [0]

    async def test_each_try_in_vain_makes_a_stop_longer(self, pacer: Pacer) -> None:
        """Up to ten times; sends that were under way when it was stopped are no tries. Who goes again begins anew."""
        found: list[float] = []
        for _ in range(5):
            for _ in range(3):
                await pacer.stop(channel="whatsapp", reason="spam", seconds=0.01)

            async def may_try() -> bool:
                return await pacer.stopped(channel="whatsapp") == Stop(reason="spam", seconds=0)

            await eventually(may_try)
            await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
            stop = await pacer.stopped(channel="whatsapp")
            assert stop is not None
            found.append(round(stop.seconds, -1))
            await pacer.stop(channel="whatsapp", reason="spam", seconds=0)

        assert found == [120, 240, 480, 600, 600]
        await pacer.resume(channel="whatsapp")
        await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
        stop = await pacer.stopped(channel="whatsapp")
        assert stop is not None
        assert round(stop.seconds, -1) == 60

    async def test_a_number_goes_until_it_is_stopped(self, pacer: Pacer) -> None:
        """Whoever stops it first is told so."""
        assert await pacer.stopped(channel="whatsapp") is None

        first = await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
        second = await pacer.stop(channel="whatsapp", reason="locked", seconds=120)
        stop = await pacer.stopped(channel="whatsapp")

        assert (first, second) == (True, False)
        assert stop is not None
        assert (stop.reason, round(stop.seconds, -1)) == ("locked", 120)
        assert await pacer.stopped(channel="sales") is None

    async def test_a_number_that_resumes_goes(self, pacer: Pacer) -> None:
        """Whoever resumes it first is told so."""
        never = await pacer.resume(channel="whatsapp")
        await pacer.stop(channel="whatsapp", reason="spam", seconds=60)

        assert (never, await pacer.resume(channel="whatsapp"), await pacer.resume(channel="whatsapp")) == (
            *(False, True),
            False,
        )
        assert await pacer.stopped(channel="whatsapp") is None
        assert await pacer.stop(channel="whatsapp", reason="spam", seconds=60)

    @pytest.mark.parametrize("again", [False, True])
    async def test_when_its_time_is_over_one_tries_after_the_other(self, pacer: Pacer, again: bool) -> None:
        """The next when the first said nothing for a while; it is still stopped for everybody else."""
        await pacer.stop(channel="whatsapp", reason="spam", seconds=0)
        for _ in range(1 + again):

            async def may_try() -> bool:
                return await pacer.stopped(channel="whatsapp") == Stop(reason="spam", seconds=0)

            await eventually(may_try)
            stop = await pacer.stopped(channel="whatsapp")
            assert stop is not None
            assert stop.reason == "spam"
            assert 0 < stop.seconds <= PROBE_SECONDS

        assert not await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
        assert await pacer.stopped(channel="whatsapp") is not None

    async def test_who_asks_about_a_stop_is_told_since_when(self, pacer: Pacer) -> None:
        """And that it is over; the first stop counts, whatever came since."""
        unstopped = await pacer.report(channel="whatsapp")
        before = time.time()
        await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
        after = time.time()
        await pacer.stop(channel="whatsapp", reason="locked", seconds=120)
        stopped = await pacer.report(channel="whatsapp")
        await pacer.resume(channel="whatsapp")

        assert unstopped is None
        assert stopped is not None
        assert (stopped.reason, round(stopped.seconds, -1)) == ("locked", 120)
        assert before - 0.001 <= stopped.since <= after + 0.001
        assert await pacer.report(channel="whatsapp") is None

    async def test_who_asks_about_a_stop_takes_nobodys_try(self, pacer: Pacer) -> None:
        """However often; a number that was stopped again is stopped since then."""
        await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
        await pacer.resume(channel="whatsapp")
        resumed = time.time()
        await pacer.stop(channel="whatsapp", reason="spam", seconds=0)

        reports = [await pacer.report(channel="whatsapp") for _ in range(3)]

        assert [report.seconds for report in reports if report] == [0, 0, 0]
        assert all(report.since >= resumed - 0.001 for report in reports if report)
        assert await pacer.stopped(channel="whatsapp") == Stop(reason="spam", seconds=0)
