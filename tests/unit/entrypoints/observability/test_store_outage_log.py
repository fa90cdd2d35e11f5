"""The log of store outages."""

import pytest
from structlog.testing import capture_logs

from application.ports.store import StoreUnavailableError
from entrypoints.observability import store_outage_log
from entrypoints.observability.store_outage_log import StoreOutageLog

REFUSED = StoreUnavailableError("connection refused")


@pytest.fixture
def steady_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One success is enough."""
    monkeypatch.setattr(store_outage_log, "STEADY_SECONDS", 0.0)


@pytest.mark.usefixtures("steady_at_once")
def test_an_outage_is_logged_once_however_many_calls_fail() -> None:
    """With its reason; and its end once, too."""
    outages = StoreOutageLog()

    with capture_logs() as lines:
        for _ in range(1000):
            outages.record_failure(REFUSED)
        for _ in range(1000):
            outages.record_success()

    assert [(line["log_level"], line.get("error")) for line in lines] == [
        ("warning", "connection refused"),
        ("info", None),
    ]


@pytest.mark.usefixtures("steady_at_once")
def test_an_outage_soon_after_the_last_is_logged() -> None:
    """A store that fails now and then is seen each time, and not only every half minute."""
    outages = StoreOutageLog()

    with capture_logs() as lines:
        for _ in range(3):
            outages.record_failure(REFUSED)
            outages.record_success()

    assert [line["log_level"] for line in lines] == ["warning", "info"] * 3


def test_a_store_that_takes_some_calls_is_not_back() -> None:
    """Failures and successes within a second are one outage."""
    outages = StoreOutageLog()

    with capture_logs() as lines:
        for _ in range(100):
            outages.record_failure(REFUSED)
            outages.record_success()

    assert [line["log_level"] for line in lines] == ["warning"]


def test_an_outage_is_logged_again_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that silence does not look like its end."""
    monkeypatch.setattr(store_outage_log, "REPEAT_SECONDS", 0.0)
    outages = StoreOutageLog()

    with capture_logs() as lines:
        outages.record_failure(REFUSED)
        outages.record_failure(REFUSED)

    assert len(lines) == 2


def test_without_an_outage_nothing_is_logged() -> None:
    """This is the usual case."""
    with capture_logs() as lines:
        StoreOutageLog().record_success()

    assert lines == []
