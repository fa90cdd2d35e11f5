"""When a message is too old to be answered as if it were new."""

import pytest

from domain.policies.staleness import Staleness, StalePolicy
from support.messages import message

SENT = message(sent_at=1_000.0)
DAY = 24 * 3600.0


def test_a_day_by_default() -> None:
    """A message is answered for exactly one day after it was sent."""
    assert not Staleness().applies(SENT, now=1_000.0 + DAY)
    assert Staleness().applies(SENT, now=1_001.0 + DAY)


def test_the_age_can_be_set() -> None:
    """For example to ten minutes."""
    assert Staleness(after_seconds=600).applies(SENT, now=1_601.0)


def test_with_the_policy_answer_nothing_is_stale() -> None:
    """However old it is."""
    assert not Staleness(policy=StalePolicy.ANSWER, after_seconds=1).applies(SENT, now=1_000_000.0)


def test_a_message_from_the_future_is_not_late() -> None:
    """Clocks differ."""
    assert not Staleness().applies(SENT, now=0)


@pytest.mark.parametrize("seconds", [0, -1])
def test_the_age_must_be_positive(seconds: float) -> None:
    """Otherwise nothing would be answered."""
    with pytest.raises(ValueError, match="after_seconds"):
        Staleness(after_seconds=seconds)
