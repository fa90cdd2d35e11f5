"""The web process is killed in the middle of a webhook; the channel delivers it again to another one."""

import pytest

from support.crash_harness import CrashHarness, Damage
from support.recording_agent import parts_of


@pytest.mark.parametrize("at", ["store before 1", "store after 1"], ids=["not accepted", "accepted, 200 lost"])
async def test_killed_before_the_200(at: str, harness: CrashHarness) -> None:
    """The message was not acknowledged, so it comes again. It is answered once, whether or not it was stored before."""
    crash_worker = harness.start(at, role="web")
    harness.point_meta_at(await crash_worker.address())
    await harness.write("hello")
    await crash_worker.died()
    async with harness.web():
        await harness.stored()
        harness.start()

        damage = await harness.damage()

    assert damage == Damage()
    assert await harness.heard() == parts_of("hello")
