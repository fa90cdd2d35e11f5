"""Logs are JSON for machines. Our lines and those of libraries have one form."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from entrypoints.observability import log_sampling
from entrypoints.observability.logging import LIBRARIES, OURS, WARNINGS_ONLY, configure_logging
from entrypoints.settings import Secret


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


type Configure = Callable[..., io.StringIO]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Configures logging to a stderr of the test, and returns it. Everything is restored afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()

    def configure(level: str, stream: io.StringIO | None = None) -> io.StringIO:
        stream = stream or io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        configure_logging(level)
        return stream

    yield configure
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    for name in (*LIBRARIES, *OURS):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_events_are_json(configure: Configure) -> None:
    stderr = configure("info")

    structlog.get_logger("trunkline.test").info("stored", conversation="whatsapp:1", text="ä")

    (line,) = lines(stderr)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "stored",
        "conversation": "whatsapp:1",
        "text": "ä",
        "level": "info",
        "logger": "trunkline.test",
    }


def test_events_of_libraries_have_the_same_shape(configure: Configure) -> None:
    stderr = configure("info")

    logging.getLogger("uvicorn.error").info("Started on %s", "127.0.0.1")

    (line,) = lines(stderr)
    assert line["event"] == "Started on 127.0.0.1"
    assert (line["level"], line["logger"]) == ("info", "uvicorn.error")


@pytest.mark.parametrize("name", WARNINGS_ONLY)
def test_talkative_libraries_log_from_warning_on(configure: Configure, name: str) -> None:
    """Also at our level debug: they log addresses, tokens in queries, and what people wrote."""
    stderr = configure("debug")

    logging.getLogger(f"{name}.inner").info("too much")
    logging.getLogger(f"{name}.inner").warning("heard")

    assert [line["event"] for line in lines(stderr)] == ["heard"]


@pytest.mark.parametrize("name", ["markdown_it.rules_block", "asyncio", "redis", "httpcore.http11", "litestar"])
def test_libraries_do_not_log_at_debug_level(configure: Configure, name: str) -> None:
    """Their debug lines are many, and hold what people wrote."""
    stderr = configure("debug")

    logging.getLogger(name).debug("entering paragraph: hello")
    structlog.get_logger("entrypoints.worker.worker").debug("ours")
    logging.getLogger(name).warning("heard")

    assert [line["event"] for line in lines(stderr)] == ["ours", "heard"]


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_our_loggers_have_the_configured_level(configure: Configure, level: str) -> None:
    """The level of the settings."""
    stderr = configure(level)

    structlog.get_logger("application.sending.render").debug("quiet")
    logging.getLogger("adapters.redis").debug("quiet")

    assert lines(stderr) == []


def test_the_level_holds_for_both(configure: Configure) -> None:
    stderr = configure("warning")

    structlog.get_logger("ours").info("quiet")
    logging.getLogger("theirs").info("quiet")
    structlog.get_logger("ours").warning("heard")
    logging.getLogger("theirs").warning("heard")

    assert [line["event"] for line in lines(stderr)] == ["heard", "heard"]


def test_handlers_of_libraries_are_removed(configure: Configure) -> None:
    """Otherwise their lines would appear twice, in two forms."""
    logger = logging.getLogger("uvicorn")
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    logger.propagate = False
    stderr = configure("info")

    logger.info("once")

    assert [line["event"] for line in lines(stderr)] == ["once"]


def test_configuring_twice_logs_each_line_once(configure: Configure) -> None:
    configure("info")
    stderr = configure("info")

    structlog.get_logger("ours").info("once")

    assert len(lines(stderr)) == 1


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_tracebacks_come_without_local_variables(configure: Configure, stream: type[io.StringIO]) -> None:
    """These hold secrets, and what people wrote."""

    def fail() -> None:
        local = "hidden" * 3
        raise ValueError(len(local))

    stderr = configure("info", stream())
    try:
        fail()
    except ValueError:
        structlog.get_logger("ours").exception("failed")

    assert "ValueError: 18" in stderr.getvalue()
    assert "hiddenhidden" not in stderr.getvalue()


def test_a_secret_is_not_shown(configure: Configure) -> None:
    stderr = configure("info")

    structlog.get_logger("ours").info("settings", token=Secret("fake-but-hidden"))

    assert lines(stderr)[0]["token"] == "Secret(***)"


def test_a_terminal_gets_lines_for_people(configure: Configure) -> None:
    stderr = configure("info", Terminal())

    structlog.get_logger("ours").info("stored", count=3)

    assert "stored" in stderr.getvalue()
    assert not stderr.getvalue().startswith("{")


def test_a_stranger_cannot_fill_the_log(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limited number of lines of one kind, and then a count of the others. Lines of other kinds are all logged."""
    now = 1000.0
    monkeypatch.setattr(log_sampling.time, "monotonic", lambda: now)
    stderr = configure("info")
    ours, library = structlog.get_logger("trunkline.test"), logging.getLogger("uvicorn.error")

    for number in range(5000):
        ours.info("webhook rejected", channel=f"c{number}")
        library.warning("Invalid request from %s", f"10.0.0.{number}")
    ours.info("stored")
    now += log_sampling.INTERVAL_SECONDS
    ours.info("webhook rejected", channel="later")

    events = [line["event"] for line in lines(stderr)]
    assert events.count("webhook rejected") == log_sampling.MAX_LINES + 1
    assert sum("Invalid request from" in event for event in events) == log_sampling.MAX_LINES + 1
    assert events[-4:] == [
        "stored",
        "4980 more such lines were left out: webhook rejected",
        "4980 more such lines were left out: Invalid request from %s",
        "webhook rejected",
    ]


def test_many_different_lines_are_limited_too(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library may put a caller's text into its message."""
    monkeypatch.setattr(log_sampling, "MAX_KINDS", 50)
    stderr = configure("info")

    for number in range(1000):
        logging.getLogger("any").warning(f"bad request {number}")  # noqa: G004  (as such a library does)

    assert len(lines(stderr)) == 50 + log_sampling.MAX_LINES
