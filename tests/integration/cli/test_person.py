"""A person's data on the command line, over a real store."""

import getpass
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from application.ports.inbox import EnqueuedMessage
from domain.policies.debounce import IMMEDIATE
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.store import opened_store
from entrypoints.cli import main
from entrypoints.cli.common import run
from support.signed_channel import message

NAME, NOBODY = "whatsapp:15550001111", "whatsapp:15559998888"


@pytest.fixture
def config_dir(config_dir: Path) -> Path:
    """Somebody has written, and waits for the answer."""
    run(_write(config_dir))
    return config_dir


async def _write(config_dir: Path) -> None:
    container = Container(settings=load_settings(config_dir=config_dir, environ={}))
    async with opened_store(container):
        await container.mailbox().prepare()
        await container.mailbox().accept(messages=[EnqueuedMessage(message=message(), debounce=IMMEDIATE)])


def person(config_dir: Path, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, ["person", *arguments, "--config-dir", str(config_dir)], input=answer)


def test_show_counts_what_is_stored(config_dir: Path) -> None:
    """A line for each kind of record; in JSON, what HTTP answers. Nobody's words are shown."""
    people, programs = (
        person(config_dir, "show", "whatsapp:+1 555 000-1111"),
        person(config_dir, "show", NAME, "--json"),
    )

    assert people.stdout == f"{NAME}\nwaiting_message            1\n"
    assert json.loads(programs.stdout) == {"conversations": [NAME], "records": {"waiting_message": 1}}


def test_export_writes_one_document(config_dir: Path, tmp_path: Path) -> None:
    """To a file, or to standard output."""
    file = tmp_path / "somebody.json"
    to_file, to_stdout = person(config_dir, "export", NAME, "--output", str(file)), person(config_dir, "export", NAME)

    (record,) = json.loads(file.read_text())["records"]
    assert (to_file.exit_code, to_file.stdout) == (0, "")
    assert json.loads(to_stdout.stdout)["records"] == [record]
    assert (record["conversation"], record["kind"]) == (NAME, "waiting_message")
    assert record["value"]["message"]["content"]["body"] == "hello"


def test_erase_asks_first(config_dir: Path) -> None:
    """Nothing happens without a yes. A program says it with an option."""
    no = person(config_dir, "erase", NAME, answer="n\n")
    before = json.loads(person(config_dir, "show", NAME, "--json").stdout)["records"]
    yes = person(config_dir, "erase", NAME, "--yes")
    after = json.loads(person(config_dir, "show", NAME, "--json").stdout)["records"]

    assert (no.exit_code, before) == (1, {"waiting_message": 1})
    assert "Nobody can undo this" in no.stdout
    assert yes.exit_code == 0, yes.stderr
    assert yes.stdout.startswith(f"{NAME} is erased\n")
    # Until a running service has had the runtime forget it.
    assert after == {"old_session": 1}


@pytest.mark.parametrize("command", [["show"], ["export"], ["erase", "--yes"]], ids=lambda words: words[0])
def test_mistakes_are_said_in_one_line(config_dir: Path, command: list[str]) -> None:
    """Somebody who never wrote, and a channel that is not there."""
    nobody, nowhere = person(config_dir, *command, NOBODY), person(config_dir, *command, "nowhere:1")

    assert (nobody.exit_code, nobody.stdout, nobody.stderr) == (1, "", f"Error: nothing is stored of {NOBODY}\n")
    assert (nowhere.exit_code, nowhere.stdout, nowhere.stderr) == (1, "", "Error: no channel named 'nowhere'\n")


def test_each_use_is_in_the_audit_log(config_dir: Path) -> None:
    """By whom, of whom, and whether it succeeded; under the id of the conversation."""
    person(config_dir, "show", "whatsapp:+1 555 000-1111")
    person(config_dir, "export", NAME)
    person(config_dir, "erase", NAME, "--yes")
    person(config_dir, "erase", NOBODY, "--yes")

    listed = CliRunner().invoke(main, ["audit", "--json", "--config-dir", str(config_dir)])

    user = getpass.getuser()
    names = ("operator", "action", "conversation", "outcome")
    assert [tuple(entry[name] for name in names) for entry in reversed(json.loads(listed.stdout))] == [
        (user, "show_person", NAME, "done"),
        (user, "export_person", NAME, "done"),
        (user, "erase_person", NAME, "done"),
        (user, "erase_person", NOBODY, "failed"),
    ]
