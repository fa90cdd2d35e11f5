"""The rate limit holds in every window."""

from collections.abc import Sequence
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.storage import memory as limits_memory
from limits.strategies import MovingWindowRateLimiter

from domain.policies.rate_limit import Arrival, RateLimitPolicy

BASE = 1_000_000.0
GUIDE = RateLimitPolicy(window_seconds=60, max_messages=30)

policies = st.builds(
    RateLimitPolicy,
    window_seconds=st.integers(1, 40).map(float),
    max_messages=st.integers(1, 8),
)
moments = st.lists(st.integers(0, 480).map(lambda quarters: BASE + quarters / 4), max_size=60)


def arrivals_at(times: Sequence[float]) -> list[Arrival]:
    return [Arrival(id=f"wamid.{number}", at=at) for number, at in enumerate(times)]


def fullest_window(arrivals: Sequence[Arrival], seconds: float) -> int:
    """How many messages the fullest half-open window of that length holds."""
    return max(
        (sum(1 for arrival in arrivals if end.at - seconds < arrival.at <= end.at) for end in arrivals), default=0
    )


@given(policy=policies, times=moments)
def test_no_window_holds_more_than_the_limit(policy: RateLimitPolicy, times: list[float]) -> None:
    """At any place of the window, and in any order of the messages."""
    admitted = policy.admit(arrivals_at(times), log=())

    assert fullest_window(admitted, policy.window_seconds) <= policy.max_messages


@given(policy=policies, times=moments, cut=st.integers(0, 60))
def test_the_result_does_not_depend_on_turns(policy: RateLimitPolicy, times: list[float], cut: int) -> None:
    """The same messages are admitted one turn at a time or all together."""
    arrivals = arrivals_at(times)

    first = policy.admit(arrivals[:cut], log=())
    second = policy.admit(arrivals[cut:], log=first)

    assert (*first, *second) == policy.admit(arrivals, log=())


@given(policy=policies, times=moments)
def test_a_second_decision_is_the_same(policy: RateLimitPolicy, times: list[float]) -> None:
    """Admitted messages are admitted again without counting twice. The others are refused again."""
    arrivals = arrivals_at(times)
    admitted = policy.admit(arrivals, log=())

    assert policy.admit(arrivals, log=admitted) == admitted


@given(policy=policies, times=moments)
def test_nobody_is_refused_without_need(policy: RateLimitPolicy, times: list[float]) -> None:
    """For messages in order: one is refused only when the window that ends with it is full."""
    arrivals = arrivals_at(sorted(times))
    admitted = policy.admit(arrivals, log=())

    for refused in set(arrivals) - set(admitted):
        before = [arrival for arrival in admitted if refused.at - policy.window_seconds < arrival.at <= refused.at]
        assert len(before) >= policy.max_messages


class SetTime:
    """Replaces the module `time` for the library."""

    def __init__(self) -> None:
        self.now = BASE

    def time(self) -> float:
        return self.now


def verdicts_of_limits(times: Sequence[float], policy: RateLimitPolicy) -> list[bool]:
    """The results of the library's moving window, with its clock set to each time."""
    clock = SetTime()
    with patch.object(limits_memory, "time", clock):
        limiter = MovingWindowRateLimiter(MemoryStorage())
        item = RateLimitItemPerSecond(policy.max_messages, int(policy.window_seconds))
        verdicts = []
        for at in times:
            clock.now = at
            verdicts.append(limiter.hit(item, "ana"))
        return verdicts


@given(policy=policies, seconds=st.lists(st.integers(0, 120), max_size=60))
def test_the_same_results_as_a_moving_window(policy: RateLimitPolicy, seconds: list[int]) -> None:
    """Compared with the library `limits`, which differs in one point: it counts a message exactly one window old.

    No two moments here are a whole number of seconds apart, so that point is left out.
    """
    times = [BASE + second + number * 2**-20 for number, second in enumerate(sorted(seconds))]
    arrivals = arrivals_at(times)

    admitted = set(policy.admit(arrivals, log=()))

    assert [arrival in admitted for arrival in arrivals] == verdicts_of_limits(times, policy)


def test_a_message_exactly_one_window_old_no_longer_counts() -> None:
    """Sixty seconds after the first, the thirty-first may pass."""
    log = [Arrival(id=f"wamid.{number}", at=BASE) for number in range(30)]

    assert not GUIDE.admits(Arrival(id="early", at=BASE + 59.999), log=log)
    assert GUIDE.admits(Arrival(id="in time", at=BASE + 60), log=log)


def test_a_late_decision_cannot_overfill_a_window() -> None:
    """A message that arrived earlier but was sent later is judged after the others."""
    log = [Arrival(id=f"wamid.{number}", at=BASE + 10) for number in range(30)]

    assert not GUIDE.admits(Arrival(id="arrived first", at=BASE), log=log)


def test_thirty_of_thirty_one_pass() -> None:
    """As the guide says: 30 messages in 60 seconds."""
    arrivals = arrivals_at([BASE + number for number in range(31)])

    assert GUIDE.admit(arrivals, log=()) == tuple(arrivals[:30])


@pytest.mark.parametrize("rule", [{"window_seconds": 0}, {"window_seconds": -1}, {"max_messages": 0}])
def test_an_impossible_limit_is_refused(rule: dict[str, float]) -> None:
    """No window, or no messages, is a mistake in the configuration."""
    with pytest.raises(ValueError, match="must be > 0"):
        RateLimitPolicy(**rule)  # type: ignore[arg-type]
