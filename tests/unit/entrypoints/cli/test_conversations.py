"""`trunkline conversations`, over a store in memory."""

import json

import pytest
from click.testing import CliRunner

from entrypoints.cli.commands import main
from entrypoints.http.transcript_view import ConversationItem, EntryView

ITEM = ConversationItem(
    id="whatsapp:1",
    channel="whatsapp",
    user="1",
    name="Ana\x1b[2J",
    phone="1",
    username="",
    last_at=0.0,
    heard_at=None,
    human=True,
    failed=True,
    waiting_seconds=7.4,
)
ENTRIES = [
    EntryView(id="1-0", at=0.0, direction="in", author="person", kind="text", text="one\ntwo"),
    EntryView(id="2-0", at=1.0, direction="out", author="agent", kind="textpart", text="Hi.", status="read"),
    EntryView(id="3-0", at=2.0, direction="event", author="service", kind="failed", reason="timeout"),
]


def conversations(monkeypatch: pytest.MonkeyPatch, found: list[object], *arguments: str) -> tuple[str, str]:
    async def stored(*_: object, **__: object) -> list[object]:
        return found

    monkeypatch.setattr("entrypoints.cli.conversations._list", stored)
    monkeypatch.setattr("entrypoints.cli.conversations._show", stored)
    result = CliRunner().invoke(main, ["conversations", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_a_line_for_each_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name moves no cursor."""
    shown, _ = conversations(monkeypatch, [ITEM], "list", "--filter", "waiting")

    line = "1970-01-01 00:00:00+00:00  whatsapp:1  Ana\ufffd[2J  waits for 7 s  failed  with a human\n"
    assert shown == line


def test_a_line_for_each_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No words look like a line of the report."""
    shown, _ = conversations(monkeypatch, [*ENTRIES], "show", "whatsapp:1")

    assert shown.splitlines() == [
        "1970-01-01 00:00:00+00:00  person: one two",
        "1970-01-01 00:00:01+00:00  agent [read]: Hi.",
        "1970-01-01 00:00:02+00:00  -- failed: timeout",
    ]


@pytest.mark.parametrize("arguments", [("list",), ("show", "whatsapp:1")])
def test_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    """That is said on stderr; a program gets an empty list."""
    shown, told = conversations(monkeypatch, [], *arguments)
    data, _ = conversations(monkeypatch, [], *arguments, "--json")

    assert (shown, bool(told), json.loads(data)) == ("", True, [])
