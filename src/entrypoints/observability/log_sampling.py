"""Limit how many lines of one kind are logged, so that strangers cannot fill the log."""

import logging
import time
from collections import Counter
from typing import override

INTERVAL_SECONDS = 10.0
MAX_LINES = 20
MAX_KINDS = 1000
OTHER_KINDS = ("", "lines of other kinds")
# Its writer limits it: see `turn_log`.
TURN_ENDED = "turn ended"


class SamplingHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes at most `MAX_LINES` of a kind in `INTERVAL_SECONDS`, and then a line with the number of omitted lines.

    The kind is the name of the event, or the message without its arguments: all rejected webhooks are one kind. The
    number of omitted lines is written with the first line after the interval.
    """

    def __init__(self, stream: object) -> None:
        super().__init__(stream)
        self._began = time.monotonic()
        self._seen: Counter[tuple[str, str]] = Counter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() - self._began >= INTERVAL_SECONDS:
            self._begin_interval()
        kind = _kind(record)
        if kind not in self._seen and len(self._seen) >= MAX_KINDS:
            kind = OTHER_KINDS
        self._seen[kind] += kind[1] != TURN_ENDED
        if self._seen[kind] <= MAX_LINES:
            super().emit(record)

    def _begin_interval(self) -> None:
        seen, self._seen = self._seen, Counter()
        self._began = time.monotonic()
        for (name, event), count in seen.items():
            if count > MAX_LINES:
                message, arguments = "%d more such lines were left out: %s", (count - MAX_LINES, event)
                super().emit(logging.LogRecord(name, logging.WARNING, "", 0, message, arguments, None))


def _kind(record: logging.LogRecord) -> tuple[str, str]:
    """The logger, and the name of the event (ours) or the text without arguments (libraries)."""
    event = record.msg.get("event", "") if isinstance(record.msg, dict) else record.msg
    return record.name, str(event)[:200]
