"""What the log says of a store in trouble."""

import pytest
from structlog.testing import capture_logs

from application.ports.store import StoreUnavailableError
from entrypoints.observability import store_outage_log
from entrypoints.observability.store_outage_log import StoreOutageLog

REFUSED = StoreUnavailableError("connection refused")


def test_it_is_said_once_however_many_meet_it() -> None:
    """With the reason; and once that it is over."""
    trouble = StoreOutageLog()

    with capture_logs() as lines:
        for _ in range(1000):
            trouble.met(REFUSED)
        for _ in range(1000):
            trouble.over()

    assert [(line["log_level"], line.get("error")) for line in lines] == [
        ("warning", "connection refused"),
        ("info", None),
    ]


def test_it_is_not_said_at_each_turn_when_it_comes_and_goes() -> None:
    """Every other call fails: two lines each half minute are enough."""
    trouble = StoreOutageLog()

    with capture_logs() as lines:
        for _ in range(1000):
            trouble.met(REFUSED)
            trouble.over()

    assert len(lines) == 2


def test_it_is_said_again_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then, so that nobody takes silence for an end."""
    monkeypatch.setattr(store_outage_log, "REPEAT_SECONDS", 0.0)
    trouble = StoreOutageLog()

    with capture_logs() as lines:
        trouble.met(REFUSED)
        trouble.met(REFUSED)

    assert len(lines) == 2


def test_without_trouble_nothing_is_over() -> None:
    """The usual case says nothing."""
    with capture_logs() as lines:
        StoreOutageLog().over()

    assert lines == []
