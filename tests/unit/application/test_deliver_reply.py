"""Sending a reply: in order, each part once as far as anybody can know."""

import asyncio

import pytest
from attrs import evolve

from application.deliver_reply import Undelivered
from application.lease import Lease
from application.ports.mailbox import LeaseLostError
from domain.contents import Choice
from domain.failures import Defer, GiveUp, Retry, RetryPolicy, SendFailure
from domain.parts import ButtonsPart, TextPart
from domain.replies import Reply, ReplyKind
from domain.standing import UNTIL_TOLD
from domain.turns import Doubt, Turn
from support.answering import QUICK, Answering
from support.messages import ANA, post
from support.polling import eventually
from support.turns import held

REPLY = Reply(kind=ReplyKind.ANSWER, parts=tuple(TextPart(body=body) for body in ("one", "two", "three")))
POLICY = RetryPolicy()


async def begun(answering: Answering, *, sent: tuple[str, ...] = (), reply: Reply = REPLY) -> tuple[Lease, Turn]:
    """A turn whose reply was saved and whose first parts were sent before, under a lease that holds."""
    await answering.accept(post())
    claim = await answering.claim()
    mailbox = answering.mailbox.mailbox
    await mailbox.begin(claim=claim)
    await mailbox.save_reply(claim=claim, reply=reply)
    for part, message_id in enumerate(sent):
        await mailbox.record_sent(claim=claim, part=part, message_id=message_id)
    turn = await mailbox.begin(claim=claim)
    assert turn is not None
    return Lease(mailbox=answering.mailbox, claim=claim, holds=held), turn  # type: ignore[arg-type]


async def deliver(
    answering: Answering, lease: Lease, turn: Turn, *, retries: RetryPolicy = POLICY
) -> Reply | Undelivered:
    assert turn.reply is not None
    delivering = evolve(answering.deliver, retries=retries)
    return await delivering(lease=lease, turn=turn, channel=answering.channel, reply=turn.reply)


async def recorded(answering: Answering, lease: Lease) -> tuple[str, ...]:
    turn = await answering.mailbox.mailbox.begin(claim=lease.claim)
    assert turn is not None
    return turn.sent


async def test_parts_are_sent_in_order_and_recorded() -> None:
    """To the person who wrote, each under its reference."""
    answering = Answering()
    lease, turn = await begun(answering)

    assert await deliver(answering, lease, turn) == turn.reply

    sent = answering.messenger.sent
    assert [part.body for part in sent] == ["one", "two", "three"]
    assert {part.to for part in sent} == {ANA}
    assert [part.reference for part in sent] == [f"{turn.id}/{part}/whatsapp:15550002222" for part in range(3)]
    assert await recorded(answering, lease) == tuple(part.id for part in sent)


async def test_each_part_is_recorded_before_the_next_is_sent() -> None:
    """A crash in between loses sight of one part at most."""
    answering = Answering()
    answering.messenger.steps = answering.mailbox.steps
    lease, turn = await begun(answering)

    await deliver(answering, lease, turn)

    assert answering.mailbox.steps == ["send", "record_sent"] * 3


async def test_goes_on_at_the_first_part_not_sent() -> None:
    """What is recorded is not sent again."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    assert await deliver(answering, lease, turn) == turn.reply

    assert answering.messenger.said == ["two", "three"]
    assert await recorded(answering, lease) == ("earlier", "sent-1", "sent-2")


async def test_a_reply_without_parts_is_delivered() -> None:
    """There is nothing to say."""
    answering = Answering()
    lease, turn = await begun(answering, reply=Reply(kind=ReplyKind.LIMITED))

    assert await deliver(answering, lease, turn) == turn.reply

    assert answering.messenger.sent == []


async def test_the_lease_is_asked_before_each_send() -> None:
    """Lost after the first part, the second is left to the next worker."""
    answering = Answering()
    lease, turn = await begun(answering)
    losing = evolve(lease, holds=lambda: not answering.messenger.sent)

    async def taken_over() -> None:
        raise LeaseLostError

    answering.mailbox.before["renew"] = taken_over
    with pytest.raises(LeaseLostError):
        await deliver(answering, losing, turn)

    assert answering.messenger.said == ["one"]
    assert await recorded(answering, lease) == ("sent-1",)


@pytest.mark.parametrize(
    ("failure", "decision", "doubt"),
    [
        (SendFailure.THROTTLED, "backoff", None),
        (SendFailure.UNKNOWN, Retry(after_seconds=30.0), Doubt(part=0, unheard=1)),
        (SendFailure.FINAL, GiveUp(reason="send: final"), None),
        (SendFailure.NUMBER_STOPPED, Defer(after_seconds=60.0, reason="the number is stopped"), None),
    ],
)
async def test_what_follows_a_failed_send(failure: SendFailure, decision: object, doubt: Doubt | None) -> None:
    """The rest of the reply waits; only an unknown outcome leaves a doubt."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(failure)

    undelivered = await deliver(answering, lease, turn)

    expected = Retry(after_seconds=POLICY.backoff(0, turn_id=turn.id)) if decision == "backoff" else decision
    assert undelivered == Undelivered(decision=expected, detail="told to fail", doubt=doubt)  # type: ignore[arg-type]
    assert answering.messenger.sent == []


async def test_failures_of_a_part_add_up() -> None:
    """A ninth throttling in a row ends the turn."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(SendFailure.THROTTLED)

    undelivered = await deliver(answering, lease, evolve(turn, attempts=8))

    assert isinstance(undelivered, Undelivered)
    assert undelivered.decision == GiveUp(reason="send: throttled")


async def test_a_second_unknown_outcome_waits_for_its_proof_too() -> None:
    """The other parts of the reply need not be given up yet."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(SendFailure.UNKNOWN)

    undelivered = await deliver(answering, lease, evolve(turn, attempts=1, doubts=1, unheard=1))

    assert isinstance(undelivered, Undelivered)
    assert (undelivered.decision, undelivered.doubt) == (Retry(after_seconds=30.0), Doubt(part=0, unheard=2))


async def test_without_proof_of_two_sends_there_is_no_third() -> None:
    """The operator decides, knowing why."""
    answering = Answering()
    lease, turn = await begun(answering)

    undelivered = await deliver(answering, lease, evolve(turn, attempts=2, doubts=2, unheard=2, error="no answer"))

    assert undelivered == Undelivered(decision=GiveUp(reason="send: unknown"), detail="no answer")
    assert answering.messenger.sent == []


async def test_failures_of_a_later_part_are_counted_afresh() -> None:
    """What the turn went through before belongs to the part it began with."""
    answering = Answering()
    lease, turn = await begun(answering)

    async def fail_the_second() -> None:
        if len(answering.messenger.sent) == 1:
            answering.messenger.fail_next(SendFailure.UNKNOWN)

    answering.messenger.before_send = fail_the_second
    undelivered = await deliver(answering, lease, evolve(turn, attempts=8, doubts=1, unheard=1))

    assert undelivered == Undelivered(
        decision=Retry(after_seconds=30.0), detail="told to fail", doubt=Doubt(part=1, unheard=1)
    )
    assert answering.messenger.said == ["one"]


async def test_a_takeover_waits_for_proof_first() -> None:
    """The last worker may have died between sending and recording."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    undelivered = await deliver(answering, lease, evolve(turn, deliveries=2))

    assert isinstance(undelivered, Undelivered)
    assert (undelivered.decision, undelivered.doubt) == (Retry(after_seconds=30.0), Doubt(part=1, unheard=0))
    assert answering.messenger.sent == []


async def test_after_the_wait_the_part_is_sent_once_more() -> None:
    """No proof came; nobody else has tried since."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    assert await deliver(answering, lease, evolve(turn, deliveries=1, attempts=1, doubts=1, unheard=1)) == turn.reply

    assert answering.messenger.said == ["two", "three"]


async def test_a_takeover_of_another_try_waits_again() -> None:
    """The worker that sent it once more may have died like the first."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    undelivered = await deliver(answering, lease, evolve(turn, deliveries=2, attempts=1, doubts=1, unheard=1))

    assert isinstance(undelivered, Undelivered)
    assert undelivered.doubt == Doubt(part=1, unheard=1)
    assert answering.messenger.sent == []


async def test_takeovers_do_not_wait_for_ever() -> None:
    """A part that takes down whoever sends it is sent without another wait, so that its deliveries count up."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("earlier",))

    assert await deliver(answering, lease, evolve(turn, deliveries=2, attempts=3, doubts=3)) == turn.reply

    assert answering.messenger.said == ["two", "three"]


@pytest.mark.parametrize("change", [{"sent": ("a", "b", "c")}, {"reply": None}])
async def test_a_takeover_without_a_doubt_does_not_wait(change: dict[str, object]) -> None:
    """Everything was sent, or there was no reply yet to send."""
    answering = Answering()
    lease, turn = await begun(answering)
    taken_over = evolve(turn, deliveries=2, **change)

    delivering = evolve(answering.deliver, retries=POLICY)
    result = await delivering(lease=lease, turn=taken_over, channel=answering.channel, reply=REPLY)

    assert result == turn.reply


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

    assert (resumed.doubts, resumed.unheard, resumed.error) == (1, 1, "interrupted while sending")


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


async def test_what_was_asked_is_known_to_whoever_finishes_the_turn() -> None:
    """Also when the worker that sent the question died right after it."""
    answering = Answering()
    choices = (Choice(id="s", title="Small"), Choice(id="l", title="Large"))
    asking = Reply(kind=ReplyKind.ANSWER, parts=(ButtonsPart(body="Which one?", choices=choices),), choices=choices)
    lease, turn = await begun(answering, reply=asking, sent=("sent-1",))

    await deliver(answering, lease, turn)

    assert answering.messenger.sent == []
    assert (await answering.standings.of(conversation=turn.conversation)).choices == choices


async def test_the_agent_knows_that_the_rest_was_not_sent() -> None:
    """A colleague took over between two parts."""
    answering = Answering()
    lease, turn = await begun(answering, sent=("sent-1",))
    await answering.standings.change(conversation=turn.conversation, human_until=UNTIL_TOLD)

    await deliver(answering, lease, turn)

    remarks = (await answering.standings.of(conversation=turn.conversation)).remarks
    assert remarks == ("[the rest of your last answer was not sent, for a colleague answers]",)
