"""The rate limit applied to turns, and the one notice a window."""

import pytest
from attrs import define, field

from adapters.memory.rate_logs import MemoryRateLogs
from application.answering.apply_rate_limit import Admission, apply_rate_limit
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.policies.rate_limit import RateLimitPolicy
from support.messages import ANA, BOB, message
from support.turns import turn_of

START = 1_750_000_000.0
GUIDE = RateLimitPolicy(window_seconds=60, max_messages=30)
ONE = RateLimitPolicy(window_seconds=60, max_messages=1)


@define
class Admitting:
    """Applies the limit, and keeps what it adds to the log."""

    rates: MemoryRateLogs = field(factory=MemoryRateLogs)

    def __call__(self, *, turn: Turn, policy: RateLimitPolicy | None) -> Admission:
        admission = apply_rate_limit(turn.id, turn.messages, policy, log=self.rates.of(turn.conversation))
        self.rates.record(turn.conversation, admission.rate_log, keep_seconds=admission.keep_seconds)
        return admission


@pytest.fixture
def admit() -> Admitting:
    return Admitting()


def arrived(*seconds: float) -> list[InboundMessage]:
    """Messages of Ana that arrived so many seconds after the start."""
    return [message(str(second), arrived_at=START + second) for second in seconds]


def turn(turn_id: str, *seconds: float) -> Turn:
    return turn_of(*arrived(*seconds), turn_id=turn_id)


def test_thirty_of_thirty_one_are_admitted(admit: Admitting) -> None:
    """The other one is over the limit, and a notice is due."""
    messages = arrived(*range(31))

    admission = admit(turn=turn_of(*messages), policy=GUIDE)

    assert (admission.admitted, admission.limited) == (tuple(messages[:30]), (messages[30],))
    assert admission.notice_due


def test_the_limit_holds_across_turns(admit: Admitting) -> None:
    """Thirty-one messages, each in its own turn: thirty are admitted, and one notice is due."""
    admissions = [admit(turn=turn(f"{number}-0", number), policy=GUIDE) for number in range(31)]

    assert sum(len(admission.admitted) for admission in admissions) == 30
    assert [admission.notice_due for admission in admissions] == [False] * 30 + [True]


def test_one_notice_a_window(admit: Admitting) -> None:
    """A person who goes on writing gets no second notice in the same window."""
    admissions = [admit(turn=turn(f"{second}-0", second), policy=ONE) for second in (0, 1, 20, 59, 60, 61, 121)]

    assert [len(admission.admitted) for admission in admissions] == [1, 0, 0, 0, 1, 0, 1]
    assert [admission.notice_due for admission in admissions] == [False, True, False, False, False, True, False]


def test_a_retried_turn_gets_the_same_result(admit: Admitting) -> None:
    """Also for the notice. The limit is not used up twice."""
    admit(turn=turn("1-0", *range(20)), policy=GUIDE)
    retried = turn("2-0", *range(20, 40))

    first = admit(turn=retried, policy=GUIDE)

    assert [len(first.admitted), len(first.limited), first.notice_due] == [10, 10, True]
    assert admit(turn=retried, policy=GUIDE) == first


def test_a_retried_long_turn_gets_the_same_result(admit: Admitting) -> None:
    """The log reaches back to before its first message, which may be minutes before its last."""
    admit(turn=turn("1-0", 0), policy=ONE)
    retried = turn("2-0", 30, 95, 100, 261)

    first = admit(turn=retried, policy=ONE)

    assert [one.content.body for one in first.admitted] == ["95", "261"]  # type: ignore[union-attr]
    assert admit(turn=retried, policy=ONE) == first


def test_messages_that_arrived_out_of_order_count_together(admit: Admitting) -> None:
    """A turn has the channel's order, but the limit counts arrivals. So a late delivery does not evade it."""
    late = arrived(*range(50, 80))
    early = arrived(*range(20, 50))

    admission = admit(turn=turn_of(*late, *early), policy=GUIDE)

    assert admission.admitted == tuple(late)


def test_people_do_not_share_a_limit(admit: Admitting) -> None:
    """Many messages of Ana do not affect Bob."""
    admit(turn=turn("1-0", *range(31)), policy=GUIDE)

    admission = admit(turn=turn_of(message(person=BOB, arrived_at=START)), policy=GUIDE)

    assert (len(admission.admitted), admission.notice_due) == (1, False)


def test_channels_do_not_share_a_limit(admit: Admitting) -> None:
    """The same person has a limit of their own on another number."""
    admit(turn=turn("1-0", *range(31)), policy=GUIDE)
    elsewhere = message(person=ANA, channel="whatsapp-sales", arrived_at=START)

    assert admit(turn=turn_of(elsewhere), policy=GUIDE).admitted == (elsewhere,)


def test_without_a_limit_everything_passes(admit: Admitting) -> None:
    """Nothing is counted."""
    flood = turn("1-0", *range(100))

    assert admit(turn=flood, policy=None) == Admission(admitted=flood.messages)
