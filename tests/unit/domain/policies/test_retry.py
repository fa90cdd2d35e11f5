"""What follows each failure: whether it is retried, how often, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policies.retry import (
    AgentFailure,
    Decision,
    Defer,
    GiveUp,
    LetGo,
    Retry,
    RetryPolicy,
    SendFailure,
    UnconfirmedSends,
)

POLICY = RetryPolicy()

RETRIES_OF_THE_AGENT = {
    AgentFailure.UNREACHABLE: 4,
    AgentFailure.NOT_READY: 4,
    AgentFailure.MODEL_FAILED: 3,
    AgentFailure.TIMEOUT: 1,
    AgentFailure.CRASHED: 1,
    AgentFailure.EMPTY_ANSWER: 1,
    AgentFailure.UNKNOWN_AGENT: 0,
    AgentFailure.REJECTED: 0,
}


def after_send(failure: SendFailure, *, attempts: int = 0) -> Decision:
    return POLICY.after_send_failure(failure, attempts=attempts, turn_id="7-0")


@pytest.mark.parametrize("failure", AgentFailure)
def test_each_failure_of_an_agent_has_its_retries(failure: AgentFailure) -> None:
    """A failure that may pass is retried. One that cannot, such as an unknown agent, is not."""
    decisions = [POLICY.after_agent_failure(failure, attempts=attempts, turn_id="7-0") for attempts in range(6)]

    retries = RETRIES_OF_THE_AGENT[failure]
    assert all(isinstance(decision, Retry) for decision in decisions[:retries])
    assert decisions[retries:] == [GiveUp(reason=f"agent: {failure}")] * (6 - retries)


def test_the_pauses_between_runs_grow() -> None:
    """So that an outage is not followed by many runs at once."""
    decisions = [
        POLICY.after_agent_failure(AgentFailure.UNREACHABLE, attempts=attempts, turn_id="7-0") for attempts in range(4)
    ]

    assert decisions == [Retry(after_seconds=POLICY.backoff(attempts, turn_id="7-0")) for attempts in range(4)]


def test_a_throttled_send_is_repeated_eight_times() -> None:
    """It was refused before it was sent, so repeating is safe."""
    decisions = [after_send(SendFailure.THROTTLED, attempts=attempts) for attempts in range(9)]

    assert decisions[:8] == [Retry(after_seconds=POLICY.backoff(attempts, turn_id="7-0")) for attempts in range(8)]
    assert decisions[8] == GiveUp(reason="send: throttled")


@pytest.mark.parametrize("failure", [SendFailure.THROTTLED, SendFailure.PERSON_THROTTLED])
def test_a_throttled_send_waits_as_long_as_the_channel_asks(failure: SendFailure) -> None:
    """Its own pause counts where it is longer."""
    asked, patient = (
        POLICY.after_send_failure(failure, attempts=attempts, turn_id="7-0", retry_after_seconds=9)
        for attempts in (0, 3)
    )

    assert asked == Retry(after_seconds=9)
    assert patient == Retry(after_seconds=POLICY.backoff(3, turn_id="7-0"))


def test_a_send_with_unknown_result_waits_for_a_confirmation() -> None:
    """For the same time after any number of failures."""
    assert after_send(SendFailure.UNKNOWN, attempts=5) == Retry(after_seconds=30.0)


@pytest.mark.parametrize(
    ("unconfirmed_sends", "first", "second"),
    [
        (UnconfirmedSends.CONFIRM, Retry(after_seconds=30.0), None),
        (UnconfirmedSends.RESEND, Retry(after_seconds=POLICY.backoff(0, turn_id="7-0")), None),
        (UnconfirmedSends.DEAD_LETTER, GiveUp(reason="send: unknown"), GiveUp(reason="send: unknown")),
    ],
)
def test_a_channel_that_confirms_nothing_is_not_waited_for(
    unconfirmed_sends: UnconfirmedSends, first: Decision, second: Decision | None
) -> None:
    """The part is sent again soon, or never."""
    decision = POLICY.after_send_failure(
        SendFailure.UNKNOWN, attempts=0, turn_id="7-0", unconfirmed_sends=unconfirmed_sends
    )

    assert decision == first
    assert POLICY.before_send(unconfirmed_attempts=1, unconfirmed_sends=unconfirmed_sends) == second


@pytest.mark.parametrize(
    ("unconfirmed_attempts", "decision"), [(0, None), (1, None), (2, GiveUp(reason="send: unknown"))]
)
def test_a_part_unconfirmed_twice_is_not_sent_again(unconfirmed_attempts: int, decision: object) -> None:
    """So at most one of the two sends was too many."""
    assert POLICY.before_send(unconfirmed_attempts=unconfirmed_attempts) == decision


def test_a_final_failure_ends_the_turn() -> None:
    """The message will never be delivered."""
    assert after_send(SendFailure.FINAL) == GiveUp(reason="send: final")


def test_a_person_who_cannot_be_reached_is_nobodys_fault() -> None:
    """Nobody could fix it, so it is no dead letter."""
    assert after_send(SendFailure.PERSON_UNREACHABLE) == LetGo(reason="the person cannot be reached")


@pytest.mark.parametrize("attempts", [0, 8, 10_000])
def test_a_blocked_account_is_waited_for(attempts: int) -> None:
    """For any time. It does not count as a failure, and nothing is lost."""
    assert after_send(SendFailure.ACCOUNT_BLOCKED, attempts=attempts) == Defer(
        after_seconds=60.0, reason="the account is blocked"
    )


def test_an_internal_error_is_retried_once() -> None:
    """No message may block its conversation."""
    assert POLICY.after_internal_error(attempts=0, turn_id="7-0") == Retry(
        after_seconds=POLICY.backoff(0, turn_id="7-0")
    )
    assert POLICY.after_internal_error(attempts=1, turn_id="7-0") == GiveUp()


@given(attempts=st.integers(0, 100), turn_id=st.text())
def test_backoff_triples_up_to_a_minute(attempts: int, turn_id: str) -> None:
    """Varied by a fifth. The same turn always gets the same time."""
    seconds = POLICY.backoff(attempts, turn_id=turn_id)

    expected = min(3.0**attempts, 60.0)
    assert 0.8 * expected <= seconds <= 1.2 * expected
    assert seconds == POLICY.backoff(attempts, turn_id=turn_id)


def test_backoff_is_spread_over_turns() -> None:
    """A thousand turns that failed together are not retried together."""
    pauses = [POLICY.backoff(0, turn_id=f"{number}-0") for number in range(1_000)]

    fifths = [sum(1 for pause in pauses if low <= pause < low + 0.08) for low in (0.80, 0.88, 0.96, 1.04, 1.12)]
    assert min(fifths) > 150


def test_policies_do_not_share_their_table() -> None:
    """Each has its own, so that one can be changed."""
    patient = RetryPolicy(agent_retries={**POLICY.agent_retries, AgentFailure.TIMEOUT: 2})

    assert isinstance(patient.after_agent_failure(AgentFailure.TIMEOUT, attempts=1, turn_id="7-0"), Retry)
    assert isinstance(POLICY.after_agent_failure(AgentFailure.TIMEOUT, attempts=1, turn_id="7-0"), GiveUp)
