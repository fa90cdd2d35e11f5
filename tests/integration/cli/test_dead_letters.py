"""Dead letters on the command line, over a real store."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from application.ports.dead_letters import DeadLetter
from application.ports.inbox import EnqueuedMessage
from application.ports.turn_changes import TurnChanges
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.messages.outbound import TextPart
from domain.policies.debounce import IMMEDIATE
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.store import opened_store
from entrypoints.cli import main
from entrypoints.cli.common import run
from support.signed_channel import message


@pytest.fixture
def letter(config_dir: Path) -> DeadLetter:
    """A turn of which one part of two was sent."""
    return run(_make_dead_letter(config_dir))


async def _make_dead_letter(config_dir: Path) -> DeadLetter:
    container = Container(settings=load_settings(config_dir=config_dir, environ={}))
    async with opened_store(container):
        mailbox = container.mailbox()
        await mailbox.prepare()
        await mailbox.accept(messages=[EnqueuedMessage(message=message(), debounce=IMMEDIATE)])
        (claim,) = await mailbox.claim(partition=0, worker="worker-1", limit=1, wait_seconds=5)
        await mailbox.begin(claim=claim)
        parts = (TextPart(body="one"), TextPart(body="two"))
        await mailbox.save_reply(claim=claim, reply=Reply(outcome=Outcome.ANSWERED, parts=parts))
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))
        await mailbox.dead_letter(claim=claim, reason="send: final")
        (letter,) = await container.dead_letters().page(limit=10)
        return letter


def dead_letters(config_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["dead-letters", *arguments, "--config-dir", str(config_dir)])


def test_an_empty_list_is_no_error(config_dir: Path) -> None:
    """Nothing on stdout for people, and an empty array for programs."""
    people, programs = dead_letters(config_dir, "list"), dead_letters(config_dir, "list", "--json")

    assert (people.exit_code, people.stdout) == (0, "")
    assert json.loads(programs.stdout) == []


def test_list_has_one_line_for_each(config_dir: Path, letter: DeadLetter) -> None:
    """Id, time, conversation and reason."""
    result = dead_letters(config_dir, "list")

    assert result.exit_code == 0
    assert result.stdout.startswith(letter.id)
    assert result.stdout.endswith("whatsapp:15550001111  send: final\n")


def test_show_has_the_progress(config_dir: Path, letter: DeadLetter) -> None:
    """The messages, and the parts that are missing."""
    result = dead_letters(config_dir, "show", letter.id)

    assert "  > hello" in result.stdout
    assert "  sent     one" in result.stdout
    assert "  missing  two" in result.stdout


def test_show_in_json_is_what_http_shows(config_dir: Path, letter: DeadLetter) -> None:
    """With the same members."""
    shown = json.loads(dead_letters(config_dir, "show", letter.id, "--json").stdout)

    assert (shown["id"], shown["reply"]["parts"], shown["sent"]) == (letter.id, ["one", "two"], ["wamid.out.1"])


@pytest.mark.parametrize(("command", "done"), [("replay", "replayed"), ("discard", "discarded")])
def test_a_replayed_or_discarded_letter_is_not_listed(
    config_dir: Path, letter: DeadLetter, command: str, done: str
) -> None:
    """A second time there is no letter of that id."""
    first = dead_letters(config_dir, command, letter.id)
    second = dead_letters(config_dir, command, letter.id)

    assert (first.exit_code, first.stdout) == (0, f"{done} {letter.id}\n")
    assert (second.exit_code, second.stderr) == (1, f"Error: there is no dead letter {letter.id}\n")
    assert json.loads(dead_letters(config_dir, "list", "--json").stdout) == []
