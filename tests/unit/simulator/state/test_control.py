"""The settings of the trouble."""

import pytest

from simulator.state.control import Control, ControlRejectedError, FaultRandom


def test_what_is_left_out_has_its_default() -> None:
    """An empty object is a well-behaved Meta."""
    assert Control.parse({}) == Control()
    assert Control.parse({"duplicate": 0.3}) == Control(duplicate=0.3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"duplicates": 0.3}, "duplicates"),
        ({"duplicate": 1.1}, "'duplicate' must be <= 1.0"),
        ({"fail_sends": -1}, "'fail_sends' must be >= 0"),
        ({"fail_status": 200}, "'fail_status' must be >= 400"),
        ({"duplicate": "often"}, "'often'"),
    ],
)
def test_mistakes_are_refused(data: dict, why: str) -> None:
    """A misspelled name or an impossible value never passes silently."""
    with pytest.raises(ControlRejectedError, match=why):
        Control.parse(data)


def test_a_seed_repeats_the_faults() -> None:
    """Chaos can be repeated."""
    one, other = FaultRandom(seed=7), FaultRandom(seed=7)

    assert [one.happens(0.5) for _ in range(50)] == [other.happens(0.5) for _ in range(50)]
