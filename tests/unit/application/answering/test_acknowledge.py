"""Read receipts and typing: an answer is seen coming, and never the worse for it."""

import asyncio

import pytest
from attrs import define, evolve, field

from adapters.memory.agent import ScriptedAgent
from adapters.memory.media import MemoryMedia
from adapters.memory.messenger import EVERYTHING
from application.ports.agent import AgentFailedError
from application.ports.media import FetchedMedia
from domain.conversations.outcome import Outcome
from domain.messages.inbound import InboundMessage, Media, Reaction
from domain.messages.shared_values import MediaKind
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import AgentFailure, SendFailure
from support.answering import Answering
from support.messages import message, poll
from support.polling import eventually
from support.turns import compose
from support.watched_ports import WatchedMessenger


async def test_an_answer_is_seen_coming() -> None:
    """While the agent runs, the latest message shows as read and an answer as being written, again and again."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, typing_seconds=0.01)))
    answering.agent.hold()
    first, latest = message(), message()

    composing = asyncio.create_task(compose(answering, first, latest))
    await eventually(lambda: len(answering.messenger.acknowledged) >= 3)
    answering.agent.release()
    await composing

    assert set(answering.messenger.acknowledged) == {latest}


async def test_the_acknowledgement_ends_before_the_reply() -> None:
    """Nothing is shown as being written once the answer is there."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, typing_seconds=0.01)))
    tasks = asyncio.all_tasks()

    await compose(answering, message())

    assert asyncio.all_tasks() == tasks


async def test_the_acknowledgement_ends_with_a_failure_too() -> None:
    """And when we are told to stop."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.CRASHED))
    tasks = asyncio.all_tasks()

    with pytest.raises(AgentFailedError):
        await compose(answering, message())
    answering.agent.hold()
    composing = asyncio.create_task(compose(answering, message()))
    await answering.agent.called(2)
    composing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await composing
    assert asyncio.all_tasks() == tasks


async def test_a_refused_acknowledgement_harms_nothing() -> None:
    """It is tried again when the next one is due."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, typing_seconds=0.01)))
    answering.messenger.fail_next(SendFailure.THROTTLED, SendFailure.FINAL)
    answering.agent.hold()

    composing = asyncio.create_task(compose(answering, message()))
    await eventually(lambda: answering.messenger.acknowledged)
    answering.agent.release()

    assert (await composing).outcome is Outcome.ANSWERED


class FaultyMessenger(WatchedMessenger):
    """Breaks the port's promise about which errors there are."""

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self.steps.append("acknowledge")
        raise RuntimeError("a fault of the adapter")


async def test_a_faulty_acknowledgement_harms_nothing() -> None:
    """The answer is worth more than the ticks."""
    answering = Answering(messenger=FaultyMessenger())
    answering.agent.hold()

    composing = asyncio.create_task(compose(answering, message()))
    await eventually(lambda: answering.messenger.steps)
    answering.agent.release()

    assert (await composing).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("over_the_limit", [False, True])
async def test_who_is_told_something_else_is_acknowledged_too(*, over_the_limit: bool) -> None:
    """They were read all the same: a command, what nobody can read, what is too much."""
    answering = Answering(rate_limit=RateLimitPolicy(window_seconds=60, max_messages=2))
    if over_the_limit:
        await compose(answering, message(), message())
        answering.messenger.acknowledged.clear()
    asked = [message("/new"), poll()]

    for each in asked:
        await compose(answering, each)

    assert answering.messenger.acknowledged == asked


async def test_nothing_is_shown_as_being_written_when_nothing_is() -> None:
    """A reaction gets no answer; what a human will answer they see themselves."""
    answering = Answering()
    thumb = evolve(message(), content=Reaction(message_id="sent-1", emoji="👍"))
    await compose(answering, thumb)
    await answering.take_over.begin(conversation=thumb.conversation, seconds=None, why="an operator took over")

    await compose(answering, message())

    assert answering.messenger.acknowledged == []


@define(kw_only=True)
class SlowMedia(MemoryMedia):
    """Hands out files when `goes_on` is set."""

    goes_on: asyncio.Event = field(factory=asyncio.Event)

    async def fetch(self, *, media: Media, largest: int) -> FetchedMedia:
        await self.goes_on.wait()
        return await super().fetch(media=media, largest=largest)


async def test_an_answer_is_seen_coming_while_its_files_are() -> None:
    """They may take long."""
    media = SlowMedia()
    answering = Answering(media=media, agent=ScriptedAgent(supports_images=True))
    picture = evolve(message(), content=Media(kind=MediaKind.IMAGE, id="photo", mime_type="image/jpeg"))

    composing = asyncio.create_task(compose(answering, picture))
    await eventually(lambda: answering.messenger.acknowledged)
    media.goes_on.set()

    assert (await composing).outcome is Outcome.ANSWERED
    assert answering.messenger.acknowledged == [picture]


@define(kw_only=True)
class SlowMessenger(WatchedMessenger):
    """Acknowledges some steps of the loop later, or never."""

    hangs: bool = False

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self.steps.append("acknowledge")
        if self.hangs:
            await asyncio.Event().wait()
        for _ in range(10):
            await asyncio.sleep(0)
        self.steps.append("acknowledged")


async def test_a_quick_answer_waits_for_the_acknowledgement() -> None:
    """Or it would be lost, or show that something is written when all is."""
    slow = SlowMessenger()

    await compose(Answering(messenger=slow), message())

    assert slow.steps == ["acknowledge", "acknowledged"]


async def test_an_acknowledgement_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is worth more."""
    monkeypatch.setattr("application.answering.acknowledge.PATIENCE_SECONDS", 0.01)
    hanging = SlowMessenger(hangs=True)

    assert (await compose(Answering(messenger=hanging), message())).outcome is Outcome.ANSWERED
    assert hanging.steps == ["acknowledge"]
