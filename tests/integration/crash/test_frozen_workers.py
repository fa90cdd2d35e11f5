"""A worker is frozen for longer than its lease at each point of a turn. It wakes up when another one has finished."""

import signal

import pytest

from support.crash_harness import CrashHarness, Damage
from support.recording_agent import parts_of

REFUSED = "lease lost"
POINTS = {
    "claimed, not begun": ("begin before 1", Damage()),
    "answered, not saved": ("save_reply before 1", Damage(agent_twice=1)),
    "reply saved": ("save_reply after 1", Damage()),
    "past the last check, about to send": ("send before 1", Damage(sent_twice=1)),
    "part sent, not recorded": ("send after 1", Damage()),
    "part recorded": ("record_sent after 1", Damage()),
    "last part sent, not recorded": ("send after 2", Damage()),
    "last part sent, about to be done": ("complete before 1", Damage()),
}


@pytest.mark.parametrize("name", POINTS)
async def test_a_worker_frozen_at(name: str, harness: CrashHarness) -> None:
    """Another one finishes the turn.

    The first one wakes up, sends at most the part that it was about to send, and works on.
    """
    at, allowed = POINTS[name]
    async with harness.web():
        await harness.write("hello")
        crash_worker = harness.start(at, by=signal.SIGSTOP)
        await crash_worker.froze()
        other = harness.start()
        await harness.damage()
        other.send(signal.SIGKILL)
        await other.died()

        crash_worker.send(signal.SIGCONT)
        await crash_worker.says(REFUSED)
        await harness.write("more")
        damage = await harness.damage()

    assert damage == allowed
    assert list(dict.fromkeys(await harness.heard())) == [*parts_of("hello"), *parts_of("more")]


async def test_a_worker_frozen_after_a_send_that_nobody_confirms(harness: CrashHarness) -> None:
    """The other one sends that part again. The record of the first send is refused."""
    await harness.meta.control(statuses=False)
    async with harness.web():
        await harness.write("hello")
        crash_worker = harness.start("send after 1", by=signal.SIGSTOP)
        await crash_worker.froze()
        harness.start()
        damage = await harness.damage()

        crash_worker.send(signal.SIGCONT)
        await crash_worker.says(REFUSED)

    assert damage == await harness.damage() == Damage(sent_twice=1)
