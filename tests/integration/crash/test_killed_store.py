"""The store is killed right after each commit. Everything that it acknowledged is in its file."""

import signal

import pytest

from support.crash_harness import LEASE_SECONDS, CrashHarness, Damage
from support.kill_points import Point, Stopper
from support.recording_agent import parts_of

COMMITS = {
    "begun": "begin after 1",
    "reply saved": "save_reply after 1",
    "part recorded": "record_sent after 1",
    "done": "complete after 1",
}


@pytest.mark.parametrize("name", COMMITS)
async def test_the_store_killed_after(name: str, harness: CrashHarness) -> None:
    """The worker goes on when the store is back. No part is sent twice, and the agent does not run twice."""
    pid = await harness.store_pid()
    async with harness.web():
        await harness.write("hello")
        await harness.stored()
        harness.start(COMMITS[name], pid=pid)
        await harness.store_back()

        damage = await harness.damage()

    assert damage == Damage()
    assert await harness.heard() == parts_of("hello")


async def test_the_store_killed_after_it_accepted_a_message(harness: CrashHarness) -> None:
    """The channel gets 503 and delivers again, without effect."""
    pid = await harness.store_pid()
    at = Stopper(point=Point.parse("store after 1"), signal_number=signal.SIGKILL, pid=pid)
    async with harness.web(at):
        await harness.write("hello")
        await harness.store_back()
        harness.start()

        damage = await harness.damage()

    assert damage == Damage()
    assert await harness.heard() == parts_of("hello")


async def test_living_workers_renew_before_takeovers_begin(harness: CrashHarness) -> None:
    """The store was away for longer than a lease while the agent ran, and another worker was ready to take over."""
    harness.agent.open.clear()
    async with harness.web():
        await harness.write("hello")
        harness.start()
        await harness.agent.asked(1)
        harness.start()
        await harness.waiting(2)

        await harness.store_away(seconds=1.5 * LEASE_SECONDS)
        await harness.contact_for(seconds=2.5 * LEASE_SECONDS)
        harness.agent.open.set()
        damage = await harness.damage()

    assert damage == Damage()
