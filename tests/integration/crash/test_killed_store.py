"""The store is killed right after each commit; what it had said yes to is in its file."""

import signal

import pytest

from support.crash_stage import LEASE_SECONDS, Damage, Stage
from support.crashing import Point, Stopper
from support.recording_agent import parts_of

COMMITS = {
    "begun": "begin after 1",
    "reply saved": "save_reply after 1",
    "part recorded": "record_sent after 1",
    "last part recorded": "record_sent after 2",
    "done": "complete after 1",
}


@pytest.mark.parametrize("name", COMMITS)
async def test_the_store_killed_after(name: str, play: Stage) -> None:
    """The worker goes on where it was as soon as the store is back; nothing is said or asked twice."""
    pid = await play.store_pid()
    async with play.web():
        await play.write("hello")
        await play.taken()
        play.start(COMMITS[name], pid=pid)
        await play.store_back()

        damage = await play.damage()

    assert damage == Damage()
    assert await play.heard() == parts_of("hello")


async def test_the_store_killed_after_it_took_a_message(play: Stage) -> None:
    """The channel is told 503 and delivers again, to no effect."""
    pid = await play.store_pid()
    at = Stopper(point=Point.parse("accept after 1"), signal_number=signal.SIGKILL, pid=pid)
    async with play.web(at):
        await play.write("hello")
        await play.store_back()
        play.start()

        damage = await play.damage()

    assert damage == Damage()
    assert await play.heard() == parts_of("hello")


async def test_the_living_renew_before_anybody_is_taken_over(play: Stage) -> None:
    """The store was away for longer than a lease while the agent ran; another worker stood by."""
    play.agent.open.clear()
    async with play.web():
        await play.write("hello")
        play.start()
        await play.agent.asked(1)
        play.start()
        await play.waiting(2)

        await play.store_away(seconds=1.5 * LEASE_SECONDS)
        await play.in_touch_for(seconds=2.5 * LEASE_SECONDS)
        play.agent.open.set()
        damage = await play.damage()

    assert damage == Damage()
