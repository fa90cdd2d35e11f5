"""Opening hours, by the clocks of a time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.opening_hours import DAY_MINUTES, OpeningHours, OpenSpan

MADRID = ZoneInfo("Europe/Madrid")
# A Monday from 9:00 to 18:00.
MONDAY = OpeningHours(zone=MADRID, spans=(OpenSpan(weekday=0, opens=9 * 60, closes=18 * 60),))
ALWAYS = tuple(OpenSpan(weekday=day, opens=0, closes=DAY_MINUTES) for day in range(7))


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00:00", True),
        ("2026-11-23T16:59:59", True),
        ("2026-11-23T17:00:00", False),
        ("2026-11-24T10:00:00", False),
        ("2026-07-06T07:00:00", True),  # in summer, an hour earlier
        ("2026-07-06T16:00:00", False),
    ],
)
def test_by_the_clocks_of_the_zone(at: str, is_open: bool) -> None:
    """Also when they change to summer time. The closing minute does not count."""
    assert MONDAY.include(utc(at)) == is_open


@given(
    st.floats(min_value=0, max_value=4e9), st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Asia/Tokyo"])
)
def test_every_moment_is_in_exactly_one_day(at: float, zone: str) -> None:
    """Nothing is between two days."""
    days = [OpeningHours(zone=ZoneInfo(zone), spans=(span,)).include(at) for span in ALWAYS]

    assert sum(days) == 1
