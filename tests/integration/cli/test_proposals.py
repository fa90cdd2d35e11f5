"""Proposals on the command line, over a real store."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from application.ports.inbox import EnqueuedMessage
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER
from domain.conversations.proposals import Proposal
from domain.policies.debounce import IMMEDIATE
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.store import opened_store
from entrypoints.cli import main
from entrypoints.cli.common import run
from support.proposals import proposals_of
from support.signed_channel import message

ADDRESS = "proposals: {url: 'https://erp.example/', secret: not-a-real-secret-of-proposals}\n"


@pytest.fixture
def config_dir(config_dir: Path) -> Path:
    with (config_dir / "service.yaml").open("a") as service:
        service.write(ADDRESS)
    return config_dir


@pytest.fixture
def proposal(config_dir: Path) -> Proposal:
    return run(_make_proposal(config_dir))


async def _make_proposal(config_dir: Path) -> Proposal:
    container = Container(settings=load_settings(config_dir=config_dir, environ={}))
    async with opened_store(container):
        mailbox = container.mailbox()
        await mailbox.prepare()
        await mailbox.accept(messages=[EnqueuedMessage(message=message(), debounce=IMMEDIATE)])
        (claim,) = await mailbox.claim(partition=0, worker="worker-1", limit=1, wait_seconds=5)
        begun = await mailbox.begin(claim=claim)
        assert begun is not None
        (proposal,) = proposals_of(begun.turn)
        await mailbox.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges(proposals=(proposal,)))
        await mailbox.complete(claim=claim)
        return proposal


def proposals(config_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["proposals", *arguments, "--config-dir", str(config_dir)])


def test_an_empty_list_is_no_error(config_dir: Path) -> None:
    """Nothing on stdout for people, and an empty array for programs."""
    people, programs = proposals(config_dir, "list"), proposals(config_dir, "list", "--json")

    assert (people.exit_code, people.stdout) == (0, "")
    assert json.loads(programs.stdout) == []


def test_they_are_listed_shown_and_approved(config_dir: Path, proposal: Proposal) -> None:
    """The list has what is open. The record says who decided, and why."""
    listed = proposals(config_dir, "list")
    approved = proposals(config_dir, "approve", proposal.id, "--by", "olga", "--reason", "fine\nwith me")
    open_ones = proposals(config_dir, "list", "--json")
    all_of_them = proposals(config_dir, "list", "--state", "all", "--json")
    shown = proposals(config_dir, "show", proposal.id)

    assert listed.stdout == (
        f"{proposal.id}  2027-01-15 08:00:00+00:00  open  whatsapp:15550001111  shop_create_order  "
        '{"boxes": 1, "note": "caf\u00e9"}\n'
    )
    assert approved.stdout == f"{proposal.id} is delivering\n"
    assert json.loads(open_ones.stdout) == []
    (view,) = json.loads(all_of_them.stdout)
    assert (view["state"], view["decided_by"], view["reason"]) == ("delivering", "olga", "fine\nwith me")
    lines = shown.stdout.splitlines()
    assert lines[0] == f"{proposal.id}, 2027-01-15 08:00:00+00:00: delivering"
    assert lines[3] == "tool: shop_create_order (api shop create_order)"
    assert lines[-1].startswith("decided: ")
    assert lines[-1].endswith("by olga: fine with me")


def test_what_was_decided_stays(config_dir: Path, proposal: Proposal) -> None:
    """By the user who is logged in, where nobody is named. The refusal says how it was decided."""
    rejected = proposals(config_dir, "reject", proposal.id, "--json")
    approved = proposals(config_dir, "approve", proposal.id)

    view = json.loads(rejected.stdout)
    assert view["state"] == "rejected"
    assert view["decided_by"]
    assert approved.exit_code == 1
    assert approved.stderr == (
        f"Error: proposal {proposal.id} was decided before: it is rejected by {view['decided_by']}\n"
    )


@pytest.mark.parametrize("command", ["show", "approve", "reject"])
def test_an_unknown_one(config_dir: Path, command: str) -> None:
    """In one line."""
    result = proposals(config_dir, command, "1-1")

    assert (result.exit_code, result.stderr) == (1, "Error: there is no proposal 1-1\n")


def test_a_reason_has_a_bound(config_dir: Path) -> None:
    result = proposals(config_dir, "reject", "1-1", "--reason", "x" * 501)

    assert result.exit_code == 2
    assert "at most 500 characters" in result.stderr
