"""The service's log: how many lines of which kind, and whether any contains private data."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from attack.people import HONEST_NUMBERS, HOSTILE_NUMBERS, PRIVATE_WORD
from attack.plan import SECRETS
from entrypoints.observability.log_sampling import TURN_ENDED

PRIVATE = re.compile("|".join([*SECRETS, PRIVATE_WORD, rf"\b({HOSTILE_NUMBERS}|{HONEST_NUMBERS})\d{{7}}\b"]))
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ERRORS = ("error", "critical")
# Words of an event that differ from line to line, so that lines of one kind are counted as one.
VARYING = re.compile(r"\S*\d\S*")


@frozen(kw_only=True)
class LogLines:
    """`events` counts lines by kind. `errors` are lines at that level, and lines that are no log lines.

    `count` and `events` leave out the line that each turn has: it has a bound of its own.

    `private`: lines that hold a secret, a person's text or a number. `raw`: lines that could control a terminal.
    """

    count: int
    events: Counter[str]
    errors: Sequence[str]
    private: Sequence[str]
    raw: Sequence[str]


def read_log(path: Path) -> LogLines:
    # Not splitlines: a line ends where we ended it, and not at a separator that somebody wrote into it.
    lines = path.read_text(errors="surrogateescape").split("\n")[:-1]
    parsed = [_parsed(line) for line in lines]
    return LogLines(
        count=sum(event != TURN_ENDED for event, _ in parsed),
        events=Counter(VARYING.sub("...", event) for event, _ in parsed if event != TURN_ENDED),
        errors=[line for line, (_, level) in zip(lines, parsed, strict=True) if level in ERRORS],
        private=[line for line in lines if PRIVATE.search(line)],
        raw=[line for line in lines if CONTROL.search(line)],
    )


def _parsed(line: str) -> tuple[str, str]:
    """The event of a line, and its level."""
    try:
        document = json.loads(line)
        return str(document["event"]), str(document["level"])
    except (ValueError, TypeError, KeyError):
        return line[:60], "error"
