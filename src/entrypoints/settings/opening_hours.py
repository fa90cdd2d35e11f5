"""Read `time_zone` and `opening_hours` of a channel's routing."""

import re
from zoneinfo import ZoneInfo

from domain.conversations.opening_hours import DAY_MINUTES, OpeningHours, OpenSpan
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import block, scalar, texts

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIMES = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
MAX_MINUTES = 59


def read_zone(value: object) -> ZoneInfo:
    """Read the name of a time zone.

    Raises:
        ConfigurationError: this machine knows none of that name.
    """
    name = scalar(str, value)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        fix = "write it like Europe/Madrid or UTC"
        raise ConfigurationError.of("is no time zone that this machine knows", fix=fix) from None


def read_opening_hours(value: object) -> tuple[OpenSpan, ...]:
    """Read a block of days with their times. Example: `{mon-fri: ["09:00-13:00", "14:00-18:00"], sat: "22:00-02:00"}`.

    Raises:
        ConfigurationError: a day or a time cannot be read.
    """
    spans, problems = list[OpenSpan](), list[Problem]()
    for written, times in block(value).items():
        with collected(problems, key=written, value=times):
            days = _days(str(written).lower())
            spans += [span for time in texts(times) for day in days for span in _spans(day, time)]
    if problems:
        raise ConfigurationError(problems)
    return tuple(spans)


def hours_of(spans: tuple[OpenSpan, ...], zone: ZoneInfo | None) -> OpeningHours | None:
    """The opening hours, if any are written.

    Raises:
        ConfigurationError: hours without a time zone.
    """
    if spans and zone is None:
        raise ConfigurationError.of("has opening_hours and no time_zone", fix="write one like Europe/Madrid")
    return OpeningHours(zone=zone, spans=spans) if spans and zone else None


def _days(written: str) -> list[int]:
    """The numbers of the days. Example: "fri-mon" is 4, 5, 6, 0."""
    first, _, last = written.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ConfigurationError.of("is no day", fix=f"write days like mon or mon-fri: {', '.join(DAYS)}")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [(begin + day) % 7 for day in range((end - begin) % 7 + 1)]


def _spans(day: int, times: str) -> list[OpenSpan]:
    """What is open on this day, and, when it closes after midnight, on the next."""
    found = TIMES.fullmatch(times.replace(" ", ""))
    hours = [int(number) for number in found.groups()] if found else []
    opens, closes = (60 * hours[0] + hours[1], 60 * hours[2] + hours[3]) if hours else (0, 0)
    valid = hours and max(hours[1], hours[3]) <= MAX_MINUTES and opens < DAY_MINUTES and closes <= DAY_MINUTES
    if not valid or opens == closes:
        raise ConfigurationError.of("has times that cannot be read", fix='write them like "09:00-18:00"')
    if opens < closes:
        return [OpenSpan(weekday=day, opens=opens, closes=closes)]
    spans = [OpenSpan(weekday=day, opens=opens, closes=DAY_MINUTES)]
    return [*spans, *([OpenSpan(weekday=(day + 1) % 7, opens=0, closes=closes)] if closes else [])]
