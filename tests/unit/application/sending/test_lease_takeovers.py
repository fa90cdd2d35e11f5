"""Another worker continues a reply. It does not know which parts the first worker has sent."""

import asyncio
from collections.abc import Callable

import pytest
from attrs import evolve

from application.sending.send_result import NotSent, Sent
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.policies.retry import Retry
from support.answering import QUICK, Answering
from support.begin import begin_turn
from support.polling import eventually
from support.turns import REPLY, begun, deliver


async def test_a_takeover_waits_for_a_confirmation_first() -> None:
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
    """No confirmation came, and nobody has tried since."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    again = evolve(turn, deliveries=1, attempts=1, confirmation_waits=1, unconfirmed_attempts=1)
    result = await deliver(answering, lease, again)

    assert isinstance(result, Sent)
    assert result.turn.reply == turn.reply

    assert answering.messenger.sent_texts == ["two", "three"]


async def test_a_takeover_after_the_second_send_waits_again() -> None:
    """The second worker may have died like the first."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    not_sent = await deliver(
        answering, lease, evolve(turn, deliveries=2, attempts=1, confirmation_waits=1, unconfirmed_attempts=1)
    )

    assert isinstance(not_sent, NotSent)
    assert not_sent.unconfirmed == UnconfirmedSend(part=1, unconfirmed_attempts=1)
    assert answering.messenger.sent == []


async def test_takeovers_do_not_wait_for_ever() -> None:
    """A part that crashes each worker is sent without another wait, so that the deliveries are counted."""
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
    """All parts were sent, or there was no reply yet."""
    answering = Answering()
    lease, turn = await begun(answering)

    result = await deliver(answering, lease, taken_over(turn))

    assert isinstance(result, Sent)
    assert result.turn.reply == turn.reply


async def test_a_worker_stopped_during_a_send_leaves_it_unconfirmed() -> None:
    """The turn is retried later, so that the channel can confirm the send before anybody repeats it."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.before_send = asyncio.Event().wait
    delivering = asyncio.create_task(deliver(answering, lease, turn, retries=QUICK))
    await eventually(lambda: answering.messenger.steps)

    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    resumed = await begin_turn(answering.mailbox, await answering.claim(worker="b"))

    assert (resumed.confirmation_waits, resumed.unconfirmed_attempts, resumed.error) == (
        1,
        1,
        "interrupted while sending",
    )


async def test_a_worker_stops_during_a_send_also_without_the_store() -> None:
    """It does not wait for the store."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.before_send = asyncio.Event().wait
    delivering = asyncio.create_task(deliver(answering, lease, turn))
    await eventually(lambda: answering.messenger.steps)
    answering.mailbox.away = True

    delivering.cancel()

    with pytest.raises(asyncio.CancelledError):
        await delivering
