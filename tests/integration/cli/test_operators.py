"""Operators on the command line, over a real store."""

import getpass
import json
from pathlib import Path

from click.testing import CliRunner, Result

from entrypoints.cli import main


def operators(config_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["operators", *arguments, "--config-dir", str(config_dir)])


def test_they_are_added_listed_and_revoked(config_dir: Path) -> None:
    """The token is printed once, alone on stdout, so that a program can read it."""
    none = operators(config_dir, "list")
    added = operators(config_dir, "add", "olga", "--role", "operator", "--channel", "whatsapp")
    listed = operators(config_dir, "list")
    as_json = operators(config_dir, "list", "--json")
    revoked = operators(config_dir, "revoke", "olga")
    after = operators(config_dir, "list", "--json")

    assert (none.stdout, none.stderr) == ("", "No operators.\n")
    assert added.stdout.startswith("olga.")
    assert added.stdout.count("\n") == 1
    assert listed.stdout.startswith("olga  operator  whatsapp  ")
    assert added.stdout.strip() not in listed.stdout + as_json.stdout
    (view,) = json.loads(as_json.stdout)
    assert (view["name"], view["role"], view["channels"]) == ("olga", "operator", ["whatsapp"])
    assert revoked.stdout == "revoked olga\n"
    assert json.loads(after.stdout) == []


def test_mistakes_are_said_in_one_line(config_dir: Path) -> None:
    """A channel that is not there, a name that is taken, and one that nobody has."""
    operators(config_dir, "add", "olga", "--role", "viewer")
    wrong = [
        operators(config_dir, "add", "otto", "--role", "viewer", "--channel", "sms"),
        operators(config_dir, "add", "olga", "--role", "admin"),
        operators(config_dir, "revoke", "otto"),
    ]

    assert [each.exit_code for each in wrong] == [1, 1, 1]
    assert [each.stderr for each in wrong] == [
        "Error: there is no channel sms; channels.yaml has whatsapp\n",
        "Error: there is an operator olga: revoke them first, or choose another name\n",
        "Error: there is no operator otto\n",
    ]


def test_what_was_done_is_in_the_audit_log(config_dir: Path) -> None:
    """By whom, and whether it succeeded. It is shown by lines, as JSON, and exported."""
    operators(config_dir, "add", "olga", "--role", "viewer")
    operators(config_dir, "revoke", "otto")

    def audit(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["audit", *arguments, "--config-dir", str(config_dir)])

    lines = audit().stdout.splitlines()
    views = json.loads(audit("--json", "--limit", "1").stdout)
    exported = [json.loads(line) for line in audit("--export", "ndjson").stdout.splitlines()]
    nobody = audit("--operator", "nobody")

    user = getpass.getuser()
    assert [line.partition(f"{user} (command line)  ")[2] for line in lines] == [
        "revoke_operator  failed  otto",
        "add_operator  done  olga",
    ]
    assert [view["subject"] for view in views] == ["otto"]
    assert [(view["operator"], view["place"]) for view in exported] == [(user, "command line")] * 2
    assert audit("--export", "csv").stdout.startswith("time,operator,action,")
    assert (nobody.stdout, nobody.stderr) == ("", "No actions of operators.\n")
