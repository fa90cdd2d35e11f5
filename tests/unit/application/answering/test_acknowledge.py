"""Read receipts and typing indicators. They never delay or break an answer."""

import asyncio

import pytest
from attrs import define, evolve, field

from adapters.memory.agent import ScriptedAgent
from adapters.memory.media import MemoryMedia
from adapters.memory.messenger import EVERYTHING
from application.ports.agent import AgentFailedError
from application.ports.inbox import EnqueuedMessage
from application.ports.media import FetchedMedia
from application.ports.messenger import SendFailedError
from domain.conversations.outcome import Outcome
from domain.messages.inbound import InboundMessage, Media, Reaction, Tap
from domain.messages.shared_values import Choice, MediaKind
from domain.policies.debounce import IMMEDIATE
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import AgentFailure, SendFailure
from support.answering import Answering
from support.messages import message, poll
from support.polling import eventually
from support.turns import answer_to_the_end, compose, compose_turn, turn_of
from support.watched_ports import WatchedMessenger


async def test_typing_is_shown_while_the_agent_runs() -> None:
    """The latest message is marked as read, and the indicator is renewed again and again."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, typing_seconds=0.01)))
    answering.agent.hold()
    first, latest = message(), message()

    composing = asyncio.create_task(compose(answering, first, latest))
    await eventually(lambda: len(answering.messenger.acknowledged) >= 3)
    answering.agent.release()
    await composing

    assert set(answering.messenger.acknowledged) == {latest}


async def test_the_acknowledgement_ends_before_the_reply() -> None:
    """No typing indicator is shown after the answer."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, typing_seconds=0.01)))
    tasks = asyncio.all_tasks()

    await compose(answering, message())

    assert asyncio.all_tasks() == tasks


async def test_the_acknowledgement_ends_with_a_failure_too() -> None:
    """Also when the worker stops."""
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
    """A messenger that raises an error which the port does not allow."""

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self.steps.append("acknowledge")
        raise RuntimeError("a fault of the adapter")


async def test_a_faulty_acknowledgement_harms_nothing() -> None:
    """The answer is sent all the same."""
    answering = Answering(messenger=FaultyMessenger())
    answering.agent.hold()

    composing = asyncio.create_task(compose(answering, message()))
    await eventually(lambda: answering.messenger.steps)
    answering.agent.release()

    assert (await composing).outcome is Outcome.ANSWERED


@pytest.mark.parametrize("over_the_limit", [False, True])
async def test_messages_that_the_agent_does_not_answer_are_acknowledged(*, over_the_limit: bool) -> None:
    """A command, an unreadable message, and messages over the rate limit have been read too."""
    answering = Answering(rate_limit=RateLimitPolicy(window_seconds=60, max_messages=2))
    if over_the_limit:
        await compose(answering, message(), message())
        answering.messenger.acknowledged.clear()
    asked = [message("/new"), poll()]

    for each in asked:
        await compose(answering, each)

    assert answering.messenger.acknowledged == asked


async def test_typing_is_not_shown_without_an_answer() -> None:
    """A reaction gets none, and a human who answers writes in an app of their own."""
    answering = Answering()
    thumb = evolve(message(), content=Reaction(message_id="sent-1", emoji="👍"))
    await compose(answering, thumb)
    await answering.take_over.begin(conversation=thumb.conversation, seconds=None, why="an operator took over")

    await compose(answering, message())

    assert answering.messenger.acknowledged == []


@define(kw_only=True)
class SlowMedia(MemoryMedia):
    """Returns files when `goes_on` is set."""

    goes_on: asyncio.Event = field(factory=asyncio.Event)

    async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
        await self.goes_on.wait()
        return await super().fetch(media=media, max_bytes=max_bytes)


async def test_typing_is_shown_while_files_are_fetched() -> None:
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
    """Otherwise the acknowledgement could arrive after the answer, and show typing for nothing."""
    slow = SlowMessenger()

    await compose(Answering(messenger=slow), message())

    assert slow.steps == ["acknowledge", "acknowledged"]


async def test_an_acknowledgement_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer does not wait for it."""
    monkeypatch.setattr("application.answering.acknowledge.PATIENCE_SECONDS", 0.01)
    hanging = SlowMessenger(hangs=True)

    assert (await compose(Answering(messenger=hanging), message())).outcome is Outcome.ANSWERED
    assert hanging.steps == ["acknowledge"]


def tap(title: str = "Small") -> InboundMessage:
    return evolve(message(), content=Tap(choice=Choice(id=title, title=title)))


@pytest.mark.parametrize("human", [False, True], ids=["agent", "human"])
@pytest.mark.parametrize("acknowledges", [False, True], ids=["silent", "acknowledges"])
async def test_the_channel_learns_of_each_tap(*, human: bool, acknowledges: bool) -> None:
    """Once, whoever answers and whatever is shown, also of one that is not the last message of the turn."""
    answering = Answering()
    first, second = tap("Small"), tap("Large")
    turn = turn_of(message("hello"), first, second, message("please"))
    if human:
        await answering.take_over.begin(conversation=turn.conversation, seconds=None, why="an operator took over")

    await compose_turn(answering, turn, channel=evolve(answering.channel, acknowledges=acknowledges))

    assert answering.messenger.taps == [first, second]


async def test_the_channel_learns_of_a_tap_once() -> None:
    """Not again with each retry of the agent."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.CRASHED))
    pressed = tap()
    await answering.accept(EnqueuedMessage(message=pressed, debounce=IMMEDIATE))

    outcomes = await answer_to_the_end(answering)

    assert Outcome.RETRIED in outcomes
    assert answering.messenger.taps == [pressed]


class StubbornMessenger(WatchedMessenger):
    """Refuses to hear of taps: with the error of the port, with another one, or by never answering."""

    how: str = "refused"

    async def taken(self, *, message: InboundMessage) -> None:
        self.steps.append("taken")
        if self.how == "hanging":
            await asyncio.Event().wait()
        raise SendFailedError(SendFailure.FINAL, "too old") if self.how == "refused" else RuntimeError("a fault")


@pytest.mark.parametrize("how", ["refused", "faulty", "hanging"])
async def test_a_tap_that_the_channel_does_not_take_harms_nothing(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer neither fails nor waits. No task stays behind."""
    monkeypatch.setattr("application.answering.acknowledge.PATIENCE_SECONDS", 0.01)
    messenger = StubbornMessenger()
    messenger.how = how
    tasks = asyncio.all_tasks()

    assert (await compose(Answering(messenger=messenger), tap())).outcome is Outcome.ANSWERED
    assert messenger.steps == ["taken"]
    assert asyncio.all_tasks() == tasks
