"""How long to wait for a person to finish writing."""

import pytest

from domain.policies.debounce import IMMEDIATE, Debounce


def test_by_default_it_waits_a_second() -> None:
    """And never longer than five."""
    assert Debounce() == Debounce(quiet_seconds=1.0, cap_seconds=5.0)


def test_zero_means_not_to_wait() -> None:
    """As in `debounce_seconds: 0`."""
    assert Debounce(quiet_seconds=0, cap_seconds=0) == IMMEDIATE


@pytest.mark.parametrize("rule", [{"quiet_seconds": -0.1}, {"cap_seconds": -1}])
def test_negative_seconds_are_refused(rule: dict[str, float]) -> None:
    """They are a mistake in the configuration."""
    with pytest.raises(ValueError, match="must be >= 0"):
        Debounce(**rule)
