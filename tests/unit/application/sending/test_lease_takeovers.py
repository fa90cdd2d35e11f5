"""Another worker goes on with a reply: it cannot know how far the one before it came."""

import asyncio
from collections.abc import Callable

import pytest
from attrs import evolve

from application.sending.send_result import NotSent, Sent
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.policies.retry import Retry
from support.answering import QUICK, Answering
from support.polling import eventually
from support.turns import REPLY, begun, deliver


async def test_a_takeover_waits_for_proof_first() -> None:
    """The last worker may have died between sending and recording."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    not_sent = await deliver(answering, lease, evolve(turn, deliveries=2))

    assert isinstance(not_sent, NotSent)
    assert (not_sent.decision, not_sent.unconfirmed) == (
        Retry(after_seconds=30.0),
        UnconfirmedSend(part=1, unconfirmed_attempts=0),
    )
    assert answering.messenger.sent == []


async def test_after_the_wait_the_part_is_sent_once_more() -> None:
    """No proof came; nobody else has tried since."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    again = evolve(turn, deliveries=1, attempts=1, confirmation_waits=1, unconfirmed_attempts=1)
    result = await deliver(answering, lease, again)

    assert isinstance(result, Sent)
    assert result.turn.reply == turn.reply

    assert answering.messenger.sent_texts == ["two", "three"]


async def test_a_takeover_of_another_try_waits_again() -> None:
    """The worker that sent it once more may have died like the first."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    not_sent = await deliver(
        answering, lease, evolve(turn, deliveries=2, attempts=1, confirmation_waits=1, unconfirmed_attempts=1)
    )

    assert isinstance(not_sent, NotSent)
    assert not_sent.unconfirmed == UnconfirmedSend(part=1, unconfirmed_attempts=1)
    assert answering.messenger.sent == []


async def test_takeovers_do_not_wait_for_ever() -> None:
    """A part that takes down whoever sends it is sent without another wait, so that its deliveries count up."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    result = await deliver(answering, lease, evolve(turn, deliveries=2, attempts=3, confirmation_waits=3))

    assert isinstance(result, Sent)
    assert result.turn.reply == turn.reply

    assert answering.messenger.sent_texts == ["two", "three"]


@pytest.mark.parametrize(
    "taken_over",
    [
        lambda turn: evolve(turn, deliveries=2, sent=("a", "b", "c")),
        lambda turn: evolve(turn, deliveries=2, reply=None).with_reply(REPLY),
    ],
)
async def test_a_takeover_without_an_unconfirmed_send_does_not_wait(taken_over: Callable[[Turn], Turn]) -> None:
    """Everything was sent, or there was no reply yet to send."""
    answering = Answering()
    lease, turn = await begun(answering)

    result = await deliver(answering, lease, taken_over(turn))

    assert isinstance(result, Sent)
    assert result.turn.reply == turn.reply


async def test_told_to_stop_in_the_middle_of_a_send_it_leaves_a_doubt() -> None:
    """The turn is put off, so that the channel can prove the send before anybody repeats it."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.before_send = asyncio.Event().wait
    delivering = asyncio.create_task(deliver(answering, lease, turn, retries=QUICK))
    await eventually(lambda: answering.messenger.steps)

    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    resumed = await answering.mailbox.begin(claim=await answering.claim(worker="b"))

    assert (resumed.confirmation_waits, resumed.unconfirmed_attempts, resumed.error) == (
        1,
        1,
        "interrupted while sending",
    )


async def test_told_to_stop_in_the_middle_of_a_send_while_the_store_is_away() -> None:
    """It stops all the same."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.before_send = asyncio.Event().wait
    delivering = asyncio.create_task(deliver(answering, lease, turn))
    await eventually(lambda: answering.messenger.steps)
    answering.mailbox.away = True

    delivering.cancel()

    with pytest.raises(asyncio.CancelledError):
        await delivering
