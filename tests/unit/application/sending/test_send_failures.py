"""What follows when a send failed, or when its result is unknown."""

import pytest
from attrs import evolve

from adapters.memory.messenger import EVERYTHING
from application.sending.send_result import NotSent, Sent
from domain.conversations.turn import UnconfirmedSend
from domain.policies.retry import Defer, GiveUp, Retry, SendFailure, UnconfirmedSends
from support.answering import Answering
from support.turns import POLICY, begun, deliver
from support.watched_ports import WatchedMessenger


@pytest.mark.parametrize(
    ("failure", "decision", "unconfirmed"),
    [
        (SendFailure.THROTTLED, "backoff", None),
        (SendFailure.UNKNOWN, Retry(after_seconds=30.0), UnconfirmedSend(part=0, unconfirmed_attempts=1)),
        (SendFailure.FINAL, GiveUp(reason="send: final"), None),
        (SendFailure.ACCOUNT_BLOCKED, Defer(after_seconds=60.0, reason="the account is blocked"), None),
    ],
)
async def test_what_follows_a_failed_send(
    failure: SendFailure, decision: object, unconfirmed: UnconfirmedSend | None
) -> None:
    """The rest of the reply waits. Only an unknown result leaves an unconfirmed send."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(failure)

    not_sent = await deliver(answering, lease, turn)

    expected = Retry(after_seconds=POLICY.backoff(0, turn_id=turn.id)) if decision == "backoff" else decision
    assert isinstance(not_sent, NotSent)
    assert (not_sent.decision, not_sent.detail) == (expected, "asked to fail")
    assert not_sent.unconfirmed == unconfirmed
    assert answering.messenger.sent == []


async def test_a_channel_may_ask_for_a_longer_pause() -> None:
    """It knows when it takes messages again."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(SendFailure.PERSON_THROTTLED, retry_after_seconds=9)

    not_sent = await deliver(answering, lease, turn)

    assert isinstance(not_sent, NotSent)
    assert not_sent.decision == Retry(after_seconds=9)


async def test_failures_of_a_part_add_up() -> None:
    """The ninth throttled send in a row ends the turn."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(SendFailure.THROTTLED)

    not_sent = await deliver(answering, lease, evolve(turn, attempts=8))

    assert isinstance(not_sent, NotSent)
    assert not_sent.decision == GiveUp(reason="send: throttled")


async def test_a_second_unknown_result_waits_for_a_confirmation_too() -> None:
    """The other parts of the reply are not given up yet."""
    answering = Answering()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(SendFailure.UNKNOWN)

    not_sent = await deliver(answering, lease, evolve(turn, attempts=1, confirmation_waits=1, unconfirmed_attempts=1))

    assert isinstance(not_sent, NotSent)
    assert (not_sent.decision, not_sent.unconfirmed) == (
        Retry(after_seconds=30.0),
        UnconfirmedSend(part=0, unconfirmed_attempts=2),
    )


async def test_after_two_unconfirmed_sends_there_is_no_third() -> None:
    """The dead letter gives the reason, and the operator decides."""
    answering = Answering()
    lease, turn = await begun(answering)

    not_sent = await deliver(
        answering, lease, evolve(turn, attempts=2, confirmation_waits=2, unconfirmed_attempts=2, error="no answer")
    )

    assert isinstance(not_sent, NotSent)
    assert (not_sent.decision, not_sent.detail) == (GiveUp(reason="send: unknown"), "no answer")
    assert not_sent.unconfirmed is None
    assert answering.messenger.sent == []


async def test_failures_of_a_later_part_are_counted_afresh() -> None:
    """Earlier failures belong to the part before."""
    answering = Answering()
    lease, turn = await begun(answering)

    async def fail_the_second() -> None:
        if len(answering.messenger.sent) == 1:
            answering.messenger.fail_next(SendFailure.UNKNOWN)

    answering.messenger.before_send = fail_the_second
    not_sent = await deliver(answering, lease, evolve(turn, attempts=8, confirmation_waits=1, unconfirmed_attempts=1))

    assert isinstance(not_sent, NotSent)
    assert (not_sent.decision, not_sent.detail) == (Retry(after_seconds=30.0), "asked to fail")
    assert not_sent.unconfirmed == UnconfirmedSend(part=1, unconfirmed_attempts=1)
    assert answering.messenger.sent_texts == ["one"]


def without_confirmations() -> Answering:
    """A channel that never says what it sent."""
    return Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, confirms_sends=False)))


@pytest.mark.parametrize(
    ("setting", "decision"),
    [
        (UnconfirmedSends.RESEND, "backoff"),
        (UnconfirmedSends.DEAD_LETTER, GiveUp(reason="send: unknown")),
    ],
)
async def test_an_unknown_outcome_is_not_waited_for_where_nothing_is_confirmed(
    setting: UnconfirmedSends, decision: object
) -> None:
    """The part is sent again soon, or an operator decides."""
    answering = without_confirmations()
    lease, turn = await begun(answering)
    answering.messenger.fail_next(SendFailure.UNKNOWN)

    not_sent = await answering.deliver(
        lease=lease, turn=turn, channel=evolve(answering.channel, unconfirmed_sends=setting), is_trial=False
    )

    again = Retry(after_seconds=answering.retries.backoff(0, turn_id=turn.id))
    assert isinstance(not_sent, NotSent)
    assert not_sent.decision == (again if decision == "backoff" else decision)


async def test_the_part_of_a_dead_worker_is_sent_again_where_nothing_is_confirmed() -> None:
    """At once: no status would come."""
    answering = without_confirmations()
    lease, turn = await begun(answering)

    result = await deliver(answering, lease, evolve(turn, deliveries=2))

    assert isinstance(result, Sent)
    assert answering.messenger.sent_texts == ["one", "two", "three"]


async def test_the_part_of_a_dead_worker_may_be_left_to_operators() -> None:
    """Where a message twice is worse than a late one."""
    answering = without_confirmations()
    lease, turn = await begun(answering)
    channel = evolve(answering.channel, unconfirmed_sends=UnconfirmedSends.DEAD_LETTER)

    not_sent = await answering.deliver(lease=lease, turn=evolve(turn, deliveries=2), channel=channel, is_trial=False)

    assert isinstance(not_sent, NotSent)
    assert not_sent.decision == GiveUp(reason="send: unknown")
    assert answering.messenger.sent == []
