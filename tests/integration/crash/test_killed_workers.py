"""A worker is killed at each point of a turn; the next one goes on, and the damage is what the design allows."""

import base64
import signal

import pytest

from entrypoints.simulator.samples import sample
from support.crash_stage import CONFIRM_SECONDS, Damage, Stage
from support.operators import block
from support.recording_agent import parts_of

POINTS = {
    "claimed, not begun": ("begin before 1", Damage()),
    "begun, agent not asked": ("run before 1", Damage()),
    "answered, not saved": ("save_reply before 1", Damage(agent_twice=1)),
    "reply saved": ("save_reply after 1", Damage()),
    "about to send": ("send before 1", Damage()),
    "part sent, not recorded": ("send after 1", Damage()),
    "part recorded": ("record_sent after 1", Damage()),
    "last part sent, not recorded": ("send after 2", Damage()),
    "last part recorded, not done": ("record_sent after 2", Damage()),
    "done": ("complete after 1", Damage()),
}


@pytest.mark.parametrize("name", POINTS)
async def test_a_worker_killed_at(name: str, play: Stage) -> None:
    """Everything is answered; the channel's statuses spare every second send."""
    at, allowed = POINTS[name]
    async with play.web():
        await play.write("hello")
        await play.start(at).died()
        play.start()

        damage = await play.damage()

    assert damage == allowed
    assert await play.heard() == parts_of("hello")


@pytest.mark.parametrize("part", [1, 2])
async def test_a_part_that_nobody_confirms_is_sent_once_more(part: int, play: Stage) -> None:
    """Sent, not recorded, and no status comes: the next worker waits for one, then that part alone goes out again."""
    await play.meta.control(statuses=False)
    async with play.web():
        await play.write("hello")
        await play.start(f"send after {part}").died()
        play.start()

        damage = await play.damage()

    first, second = parts_of("hello")
    sent = play.meta.simulator.sent
    assert damage == Damage(sent_twice=1)
    assert await play.heard() == ([first, first, second] if part == 1 else [first, second, second])
    assert sent[part].at - sent[part - 1].at >= CONFIRM_SECONDS


async def test_a_worker_killed_while_the_agent_runs(play: Stage) -> None:
    """The agent is asked again; what the first run says reaches nobody."""
    play.agent.open.clear()
    async with play.web():
        await play.write("hello")
        victim = play.start()
        await play.agent.asked(1)
        victim.send(signal.SIGKILL)
        await victim.died()
        play.agent.open.set()
        play.start()

        damage = await play.damage()

    assert damage == Damage(agent_twice=1)
    assert await play.heard() == parts_of("hello")


async def test_a_worker_killed_with_a_file_uploaded(play: Stage) -> None:
    """But not saved: the agent is asked again, the file uploaded again, and the person sees it once."""
    picture = sample("image")
    data = base64.b64encode(picture.content).decode()
    play.agent.more = block({"type": "image", "data": data, "mime_type": picture.mime_type, "caption": "Leaves"})
    async with play.web():
        await play.write("hello")
        await play.start("upload after 1").died()
        play.start()

        damage = await play.damage()

    assert damage == Damage(agent_twice=1)
    assert await play.heard() == [*parts_of("hello"), "Leaves"]
    shown = (await play.meta.thread())[-1]
    assert play.meta.simulator.media.get(str(shown["media_id"])).content == picture.content


async def test_a_message_that_kills_every_worker_is_set_aside(play: Stage) -> None:
    """Ten workers die of it, the eleventh does not touch it; the conversation goes on with the next message."""
    async with play.web():
        await play.write("poison")
        for _ in range(10):
            await play.start("run before 1 poison").died()
        assert await play.dead_letters.page(limit=10) == ()
        await play.write("next")
        play.start()

        damage = await play.damage()

    (letter,) = await play.dead_letters.page(limit=10)
    assert letter.reason == "crash loop: 10 workers did not finish it"
    assert [message.content.body for message in letter.turn.messages] == ["poison"]
    assert damage == Damage(lost=2)
    assert await play.heard() == parts_of("next")
    assert play.agent.queries == ["next"]
