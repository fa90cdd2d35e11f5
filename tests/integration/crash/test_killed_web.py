"""The web process is killed in the middle of a webhook; the channel delivers it again to another one."""

import pytest

from support.crash_stage import Damage, Stage
from support.recording_agent import parts_of


@pytest.mark.parametrize("at", ["accept before 1", "accept after 1"], ids=["not accepted", "accepted, 200 lost"])
async def test_killed_before_the_200(at: str, play: Stage) -> None:
    """Nobody said yes, so the message comes again, and is answered once whether it was stored before or not."""
    victim = play.start(at, role="web")
    play.point_meta_at(await victim.address())
    await play.write("hello")
    await victim.died()
    async with play.web():
        await play.taken()
        play.start()

        damage = await play.damage()

    assert damage == Damage()
    assert await play.heard() == parts_of("hello")
