"""How fast messages may be sent."""

from hypothesis import given
from hypothesis import strategies as st

from domain.policies.send_rate import SendRate

PAIR = SendRate(interval_seconds=6, burst=45)


def sent(rate: SendRate, times: list[float]) -> list[float]:
    """At which of these times a message may be sent."""
    due, gone = 0.0, []
    for now in times:
        if rate.wait(due, now=now) == 0:
            due = rate.after(due, now=now)
            gone.append(now)
    return gone


def test_a_burst_goes_at_once() -> None:
    """Forty-five messages, and the next one after six seconds."""
    assert len(sent(PAIR, [1000.0] * 60)) == 45
    assert len(sent(PAIR, [*[1000.0] * 60, 1005.9, 1006.0])) == 46


def test_at_the_steady_rate_nothing_waits() -> None:
    """For any time."""
    times = [1000.0 + 6 * number for number in range(200)]

    assert sent(PAIR, times) == times


@given(st.lists(st.floats(min_value=0, max_value=3600), max_size=300).map(sorted))
def test_no_period_has_more_than_burst_and_rate(times: list[float]) -> None:
    """In any period: the burst, and one message for each interval."""
    gone = sent(PAIR, times)

    for first in range(len(gone)):
        for last in range(first, len(gone)):
            assert last - first + 1 <= 45 + (gone[last] - gone[first]) / 6 + 1e-6
