"""A worker is killed at each point of a turn. The next one continues, and the damage is what the design allows."""

import base64
import signal

import pytest

from simulator.state.samples import sample
from support.crash_harness import CONFIRM_SECONDS, CrashHarness, Damage
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
    "last part sent, about to be done": ("complete before 1", Damage()),
    "done": ("complete after 1", Damage()),
}


@pytest.mark.parametrize("name", POINTS)
async def test_a_worker_killed_at(name: str, harness: CrashHarness) -> None:
    """Everything is answered. The channel's statuses prevent every second send."""
    at, allowed = POINTS[name]
    async with harness.web():
        await harness.write("hello")
        await harness.start(at).died()
        harness.start()

        damage = await harness.damage()

    assert damage == allowed
    assert await harness.heard() == parts_of("hello")


@pytest.mark.parametrize("part", [1, 2])
async def test_a_part_that_nobody_confirms_is_sent_once_more(part: int, harness: CrashHarness) -> None:
    """It was sent but not recorded, and no status comes.

    The next worker waits for one, and then sends only this part again.
    """
    await harness.meta.control(statuses=False)
    async with harness.web():
        await harness.write("hello")
        await harness.start(f"send after {part}").died()
        harness.start()

        damage = await harness.damage()

    first, second = parts_of("hello")
    sent = harness.meta.simulator.sent
    assert damage == Damage(sent_twice=1)
    assert await harness.heard() == ([first, first, second] if part == 1 else [first, second, second])
    assert sent[part].at - sent[part - 1].at >= CONFIRM_SECONDS


@pytest.mark.parametrize("at", ["save_reply before 1", "save_reply after 1", "send after 1", "complete after 1"])
async def test_a_hand_off_of_a_worker_killed_at(at: str, harness: CrashHarness) -> None:
    """It is stored with the reply: the agent that answers again hands over again, and the next message goes there."""
    harness.agent.data = {"route": {"handoff_agent": "billing"}}
    async with harness.web():
        await harness.write("hello")
        await harness.start(at).died()
        harness.start()
        await harness.damage()
        harness.agent.data = None
        await harness.write("bye")

        damage = await harness.damage()

    first = [run.agent for run in harness.agent.runs if run.query == "hello"]
    assert damage.lost == damage.sent_twice == 0
    assert set(first) == {"whatsapp-assistant"}
    assert [run.agent for run in harness.agent.runs if run.query == "bye"] == ["billing"]


async def test_a_worker_killed_while_the_agent_runs(harness: CrashHarness) -> None:
    """The agent runs again. The answer of the first run reaches nobody."""
    harness.agent.open.clear()
    async with harness.web():
        await harness.write("hello")
        crash_worker = harness.start()
        await harness.agent.asked(1)
        crash_worker.send(signal.SIGKILL)
        await crash_worker.died()
        harness.agent.open.set()
        harness.start()

        damage = await harness.damage()

    assert damage == Damage(agent_twice=1)
    assert await harness.heard() == parts_of("hello")


async def test_a_worker_killed_with_a_file_uploaded(harness: CrashHarness) -> None:
    """The reply was not saved: the agent runs again, the file is uploaded again, and the person sees it once."""
    picture = sample("image")
    data = base64.b64encode(picture.content).decode()
    harness.agent.more = block({"type": "image", "data": data, "mime_type": picture.mime_type, "caption": "Leaves"})
    async with harness.web():
        await harness.write("hello")
        await harness.start("upload after 1").died()
        harness.start()

        damage = await harness.damage()

    assert damage == Damage(agent_twice=1)
    assert await harness.heard() == [*parts_of("hello"), "Leaves"]
    shown = (await harness.meta.thread())[-1]
    assert harness.meta.simulator.media.get(str(shown["media_id"])).content == picture.content


async def test_a_message_that_kills_every_worker_becomes_a_dead_letter(harness: CrashHarness) -> None:
    """After ten workers. The conversation goes on with the next message."""
    async with harness.web():
        await harness.write("poison")
        for _ in range(10):
            await harness.start("run before 1 poison").died()
        assert await harness.dead_letters.page(limit=10) == ()
        await harness.write("next")
        harness.start()

        damage = await harness.damage()

    (letter,) = await harness.dead_letters.page(limit=10)
    assert letter.reason == "crash loop: 10 workers did not finish it"
    assert [message.content.body for message in letter.turn.messages] == ["poison"]
    assert damage == Damage(lost=2)
    assert await harness.heard() == parts_of("next")
    assert harness.agent.queries == ["next"]
