"""No text of a stranger, an agent or a channel controls an operator's terminal."""

import io
import json
import logging
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from entrypoints.cli.dead_letters import _line, _lines  # the two ways in which a letter is shown
from entrypoints.doctor import Finding, Status
from entrypoints.doctor.report import report
from entrypoints.http.dead_letter_view import DeadLetterView, MessageView, ReplyView
from entrypoints.observability.logging import rendering
from entrypoints.observability.terminal import as_json, escaped_json, one_line, printable

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
MARKS = "\u061c\u200e\u200f\u2028\u2029"
ATTACKS = (
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\x7f\b\b",
    "\r",
    "\u202e",
    "\u2066",
    MARKS,
    "[bold red]",
    "\ud800",
)
texts = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=5)).map("".join)
sendable = texts.map(lambda text: text.encode(errors="replace").decode())


def control_characters(text: str) -> list[str]:
    """The characters in the text that control a terminal."""
    return [
        char
        for char in text
        if (unicodedata.category(char) in {"Cc", "Cs"} and char != "\n")
        or unicodedata.bidirectional(char) in DIRECTIONS
        or char in MARKS
    ]


def letter(text: str) -> DeadLetterView:
    return DeadLetterView(
        id="0.1-0",
        at=1.0,
        reason=text,
        channel="whatsapp",
        user=text,
        turn_id=text,
        attempts=1,
        messages=[MessageView(id=text, content="text", text=text, sent_at=1.0)],
        reply=ReplyView(outcome="answered", parts=[text], reason=text),
        sent=[],
        unconfirmed=False,
        raw="",
    )


def findings(text: str, *, terminal: bool, for_programs: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    report([Finding(name=text, status=Status.FAILED, message=text, fix=text)], console=console, as_json=for_programs)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def logged(text: str, *, tty: bool) -> str:
    """The log line of the text, without our own colours."""
    return rendered({"event": text, "name": text, text: 1, "exception": text}, tty=tty)


def rendered(event: dict[str, Any], *, tty: bool) -> str:
    shown: Any = {"level": "info", "logger": "test", "_record": None, "_from_structlog": True, **event}
    for processor in rendering(tty=tty, colors=False):
        shown = processor(logging.getLogger("test"), "info", shown)
    return str(shown)


SHOWN: dict[str, Callable[[str], str]] = {
    "printable": printable,
    "one line": one_line,
    "a dead letter in a list": lambda text: _line(letter(text)),
    "a dead letter": lambda text: "\n".join(_lines(letter(text))),
    "a dead letter in JSON": lambda text: as_json(letter(text)),
    "findings in a file": lambda text: findings(text, terminal=False, for_programs=False),
    "findings in a terminal": lambda text: findings(text, terminal=True, for_programs=False),
    "findings in JSON": lambda text: findings(text, terminal=True, for_programs=True),
    "log in a terminal": lambda text: logged(text, tty=True),
    "log in JSON": lambda text: logged(text, tty=False),
}


@pytest.mark.parametrize("place", SHOWN)
@given(text=sendable)
def test_no_text_controls_the_terminal(place: str, text: str) -> None:
    """At any place where it is shown."""
    assert control_characters(SHOWN[place](text)) == []


@given(text=texts)
def test_json_keeps_the_text(text: str) -> None:
    """Programs get the whole text, with line ends."""
    written = json.dumps({"text": text}, ensure_ascii=False)

    assert json.loads(escaped_json(written)) == {"text": text}
    assert control_characters(escaped_json(written)) == []


@given(text=sendable)
def test_one_event_is_one_line(text: str) -> None:
    """Only a traceback has several."""
    assert "\n" not in rendered({"event": f"a\n{text}"}, tty=True)


def test_text_of_every_language_and_emoji_stay() -> None:
    """Only control characters are removed."""
    text = "¡Olé! Grüße, 你好 مرحبا שלום \N{WOMAN}\N{ZERO WIDTH JOINER}\N{ROCKET}"

    assert printable(text) == escaped_json(text) == text


def test_a_traceback_is_shown_on_lines_of_its_own() -> None:
    """Its lines stay lines."""
    assert "\n  File" in logged('Traceback:\n  File "a.py"', tty=True)
