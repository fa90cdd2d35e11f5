"""SIGTERM while turns are under way."""

import signal

import pytest

from support.crash_harness import LONG_LEASE_SECONDS, CrashHarness, Damage
from support.crash_workers import CrashWorker
from support.polling import eventually
from support.recording_agent import parts_of
from support.simulator import ANA

# It takes 20 ms on a quiet machine.
HANDED_OVER_SECONDS = LONG_LEASE_SECONDS / 10
PEOPLE = [f"1555000444{number}" for number in range(5)]


async def test_turns_under_way_are_finished_within_the_grace(harness: CrashHarness) -> None:
    """No work is left for others, and the exit code is 0."""
    harness.agent.open.clear()
    async with harness.web():
        await harness.write("hello")
        worker = harness.start()
        await harness.agent.asked(1)

        worker.send(signal.SIGTERM)
        await worker.says("worker is stopping")
        harness.agent.open.set()

        assert await worker.ended() == 0
        assert await harness.damage() == Damage()


async def test_the_rest_is_handed_back_at_once(impatient: CrashHarness) -> None:
    """Another worker begins as soon as the first one lets go, long before a lease would end."""
    async with impatient.web():
        other = await warm(impatient)
        impatient.agent.open.clear()
        worker = impatient.start()
        for number in PEOPLE:
            await impatient.write(f"hello {number}", number=number)
        await impatient.agent.asked(1 + len(PEOPLE))
        other.send(signal.SIGCONT)
        await impatient.waiting(2)

        worker.send(signal.SIGTERM)
        assert await worker.ended() == 0
        await impatient.agent.asked(1 + 2 * len(PEOPLE))
        impatient.agent.open.set()
        damage = await impatient.damage()

    assert damage == Damage(agent_twice=len(PEOPLE))
    assert min(impatient.agent.handovers()) < HANDED_OVER_SECONDS


async def warm(harness: CrashHarness) -> CrashWorker:
    """A worker that has answered before, frozen with nothing under way and no claim requested."""
    worker = harness.start()
    await harness.write("warm up")
    await harness.damage()
    worker.send(signal.SIGSTOP)
    await harness.waiting(0)
    return worker


@pytest.mark.parametrize(("statuses", "sent_twice"), [(True, 0), (False, 1)])
async def test_stopped_in_the_middle_of_a_send(statuses: bool, sent_twice: int, impatient: CrashHarness) -> None:
    """Meta accepted the part, but its response was lost. A status confirms it, or it is sent once more."""
    await impatient.meta.control(statuses=statuses, unanswered=1.0)
    async with impatient.web():
        await impatient.write("hello")
        worker = impatient.start()
        await eventually(lambda: impatient.meta.simulator.sent, seconds=20)
        await impatient.meta.control(statuses=statuses)
        worker.send(signal.SIGTERM)
        assert await worker.ended() == 0
        impatient.start()

        damage = await impatient.damage()

    assert damage == Damage(sent_twice=sent_twice)
    assert set(await impatient.heard(number=ANA)) == set(parts_of("hello"))
