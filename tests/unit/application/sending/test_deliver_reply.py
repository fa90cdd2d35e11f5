"""The parts of a reply are sent in order, each of them once."""

import pytest

from application.lease import Lease
from application.ports.leases import LeaseLostError
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.state import UNTIL_ENDED
from domain.messages.outbound import ButtonsPart
from domain.messages.shared_values import Choice
from support.answering import Answering
from support.begin import begin_turn
from support.messages import ANA
from support.turns import begun, deliver, notes_of


async def recorded(answering: Answering, lease: Lease) -> tuple[str, ...]:
    """The parts that are recorded as sent once the next step is taken."""
    await lease.record_sent()
    turn = await begin_turn(answering.mailbox.mailbox, lease.claim)
    assert turn is not None
    return turn.sent


async def test_parts_are_sent_in_order_and_recorded() -> None:
    """To the person who wrote, each with its reference."""
    answering = Answering()
    lease, turn = await begun(answering)

    assert (await deliver(answering, lease, turn)).turn.reply == turn.reply

    sent = answering.messenger.sent
    assert [part.body for part in sent] == ["one", "two", "three"]
    assert {part.to for part in sent} == {ANA}
    assert [part.reference for part in sent] == [f"{turn.id}/{part}/whatsapp:15550002222" for part in range(3)]
    assert await recorded(answering, lease) == tuple(part.id for part in sent)


async def test_each_part_is_recorded_before_the_next_is_sent() -> None:
    """So a crash leaves at most one part unconfirmed."""
    answering = Answering()
    answering.messenger.steps = answering.mailbox.steps
    lease, turn = await begun(answering)

    await deliver(answering, lease, turn)

    assert answering.mailbox.steps == ["send", "record_sent"] * 2 + ["send"]


async def test_continues_at_the_first_part_not_sent() -> None:
    """Recorded parts are not sent again."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    assert (await deliver(answering, lease, turn)).turn.reply == turn.reply

    assert answering.messenger.sent_texts == ["two", "three"]
    assert await recorded(answering, lease) == ("earlier", "sent-1", "sent-2")


async def test_a_reply_without_parts_is_delivered() -> None:
    """There is nothing to send."""
    answering = Answering()
    lease, turn = await begun(answering, reply=Reply(outcome=Outcome.LIMITED))

    assert (await deliver(answering, lease, turn)).turn.reply == turn.reply

    assert answering.messenger.sent == []


async def test_the_lease_is_checked_before_each_send() -> None:
    """It is lost after the first part, so the next worker sends the second."""
    answering = Answering()
    lease, turn = await begun(answering)

    async def expire() -> None:
        lease.expires_at = 0

    async def taken_over() -> None:
        raise LeaseLostError

    answering.messenger.after_send = expire
    answering.mailbox.before["renew"] = taken_over
    with pytest.raises(LeaseLostError):
        await deliver(answering, lease, turn)

    assert answering.messenger.sent_texts == ["one"]
    assert await recorded(answering, lease) == ("sent-1",)


async def test_the_choices_are_stored_by_the_worker_that_finishes_the_turn() -> None:
    """Also when the worker that sent the question died right after it."""
    answering = Answering()
    choices = (Choice(id="s", title="Small"), Choice(id="l", title="Large"))
    asking = Reply(outcome=Outcome.ANSWERED, parts=(ButtonsPart(body="Which one?", choices=choices),), choices=choices)
    lease, turn = await begun(answering, reply=asking, sent=("sent-1",))

    await deliver(answering, lease, turn)
    await lease.complete()

    assert answering.messenger.sent == []
    assert (await answering.states.of(conversation=turn.conversation)).choices == choices


async def test_the_agent_reads_that_the_rest_was_not_sent() -> None:
    """A colleague took over between two parts."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("sent-1",))
    await answering.states.change(conversation=turn.conversation, human_until=UNTIL_ENDED)
    await lease.begin()

    await deliver(answering, lease, turn)
    await lease.complete()

    assert await notes_of(answering, turn.conversation) == (
        "[the rest of your last answer was not sent, because a colleague answers]",
    )
