"""A worker that does not know a channel leaves its turns to those who do."""

import asyncio
import logging
import time

import pytest
from attrs import evolve

from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.messenger import EVERYTHING
from application.answering import leave_turn
from application.answering.answer_conversation import AnswerConversation
from application.channels import Channels
from application.ports.inbox import EnqueuedMessage
from application.ports.leases import LeaseLostError
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.people.person import Conversation
from domain.policies.retry import UnconfirmedSends
from support.answering import Answering
from support.messages import enqueued
from support.turns import answer_once
from support.watched_ports import WatchedMailbox, WatchedMessenger

OTHER = "whatsapp-sales"


def of_channel(channel: str, text: str = "hello", *, user: str = "15550002222") -> EnqueuedMessage:
    """A message on this channel."""
    accepted = enqueued(text, sent_at=1)
    message = evolve(
        accepted.message, conversation=Conversation(channel=channel, user=user), id=f"wamid.{channel}.{user}.{text}"
    )
    return evolve(accepted, message=message)


def unknowing(answering: Answering) -> AnswerConversation:
    """The use case of a worker whose configuration has another channel only."""
    channels = Channels.of([evolve(answering.channel, name=OTHER)])
    return evolve(answering.use_cases, channels=channels).answer


async def leave(answering: Answering, answer: AnswerConversation) -> float:
    """Leave the only conversation. Returns the pause in seconds, which is not waited for."""
    (queue,) = answering.mailbox.mailbox._queues.values()
    claim, began = await answering.claim(), time.monotonic()
    await answer(lease=answering.lease(claim))
    pause, queue.due = queue.due - began, 0
    return float(pause)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leave_turn, "MIN_PAUSE_SECONDS", 0.01)


async def test_a_worker_that_knows_the_channel_answers() -> None:
    """The one that does not know it changes nothing, and makes no dead letter."""
    answering = Answering()
    await answering.accept(enqueued("hello"))

    left = await unknowing(answering)(lease=answering.lease(await answering.claim()))
    answered = await answer_once(answering)

    assert (left, answered) == (Outcome.DEFERRED, Outcome.ANSWERED)
    assert answering.messenger.sent_texts == ["You said: hello"]
    assert answering.dead == []
    assert [*answering.happened] == [ActivityKind.ANSWERED]


async def test_conversations_come_back_in_a_line() -> None:
    """Many of them do not keep the workers busy."""
    answering = Answering()
    answer = unknowing(answering)
    await answering.accept(*(of_channel("whatsapp", user=str(15550000000 + number)) for number in range(20)))
    claims = [await answering.claim() for _ in range(20)]

    for claim in claims:
        await answer(lease=answering.lease(claim))

    due = sorted(queue.due for queue in answering.mailbox.mailbox._queues.values())
    assert due[-1] - due[0] >= 18 * leave_turn.SPACING_SECONDS
    assert due[-1] - due[0] < 1


async def test_pauses_grow() -> None:
    """Up to a bound. The conversation of a channel that nobody knows costs little."""
    answering, pauses = Answering(), list[float]()
    answer = unknowing(answering)
    await answering.accept(enqueued())

    for _ in range(80):
        pauses.append(await leave(answering, answer))
        answering.clock.advance(10)

    assert leave_turn.MIN_PAUSE_SECONDS <= pauses[0] < 0.5
    assert pauses[30] == pytest.approx(15, abs=0.5)
    assert pauses[-1] == pytest.approx(leave_turn.MAX_PAUSE_SECONDS, abs=0.5)


async def test_it_is_reported_after_a_while(caplog: pytest.LogCaptureFixture) -> None:
    """Once: in the log and in the events. An update is over by then."""
    answering = Answering()
    answer = unknowing(answering)
    await answering.accept(enqueued())

    with caplog.at_level(logging.WARNING):
        for _ in range(10):
            await leave(answering, answer)
            answering.clock.advance(10)

    (detail,) = answering.happened[ActivityKind.UNKNOWN_CHANNEL]
    assert detail == {"seconds": "60"}
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("turns of channel whatsapp wait for a worker that knows it, for 60 s now")


async def test_an_update_is_not_reported() -> None:
    """A channel that was met a moment in one update, and a moment in the next."""
    answering = Answering()
    answer = unknowing(answering)
    await answering.accept(enqueued())

    for seconds in (1, 3600):
        await answer(lease=answering.lease(await answering.claim()))
        answering.clock.advance(seconds)
    await answer(lease=answering.lease(await answering.claim()))

    assert answering.feed.activities == []


async def test_names_of_channels_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there were."""
    # No conversation is ready again meanwhile, however slow the machine is.
    monkeypatch.setattr(leave_turn, "MIN_PAUSE_SECONDS", 3600.0)
    monkeypatch.setattr(leave_turn, "MAX_PAUSE_SECONDS", 3600.0)
    answering = Answering()
    answer = unknowing(answering)
    for number in range(leave_turn.MAX_CHANNELS + 5):
        await answering.accept(of_channel(f"c{number}"))
        await answer(lease=answering.lease(await answering.claim()))

    assert len(answer.leave._unknown) == leave_turn.MAX_CHANNELS


@pytest.mark.parametrize(
    ("policy", "outcome", "sent"),
    [(UnconfirmedSends.RESEND, Outcome.ANSWERED, 2), (UnconfirmedSends.DEAD_LETTER, Outcome.FAILED, 1)],
)
async def test_a_send_of_a_dead_worker_is_not_forgotten(policy: UnconfirmedSends, outcome: Outcome, sent: int) -> None:
    """A worker dies while it sends, one that does not know the channel takes over, and leaves the turn to a third.

    The third worker knows that the part may have been sent.
    """
    silent = WatchedMessenger(capabilities=evolve(EVERYTHING, confirms_sends=False))
    answering = Answering(messenger=silent, mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=0)))
    channels = Channels.of([evolve(answering.channel, unconfirmed_sends=policy)])
    knowing = evolve(answering.use_cases, channels=channels).answer
    await answering.accept(enqueued("hello"))
    reached, stopped = asyncio.Event(), asyncio.Event()

    async def stop() -> None:
        reached.set()
        await stopped.wait()

    answering.messenger.after_send = stop
    dying = asyncio.create_task(knowing(lease=answering.lease(await answering.claim())))
    await reached.wait()
    answering.messenger.after_send = None

    (claim,) = await answering.mailbox.mailbox.reap(partition=0, worker="b", limit=1)
    await unknowing(answering)(lease=answering.lease(claim))
    ended = await knowing(lease=answering.lease(await answering.claim(worker="c")))
    stopped.set()
    with pytest.raises(LeaseLostError):
        await dying

    assert (ended, len(answering.messenger.sent)) == (outcome, sent)
