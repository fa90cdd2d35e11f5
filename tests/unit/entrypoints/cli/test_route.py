"""`trunkline route`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from entrypoints.cli.commands import main
from support.configuration import ConfigurationDirectory

ROUTING = """
{time_zone: Europe/Madrid, opening_hours: {mon-fri: "09:00-18:00"}, rules: [
  {name: invoices, words: [invoice, "bill*"], agent: billing},
  {choices: pay, agent: sales},
  {name: ad, referral: spring, agent: promotions},
  {open: false, text: Closed.},
  {language: es, new: false, agent: spanish},
  {percentage: 0, agent: nobody}]}
"""


@pytest.fixture
def config(tmp_path: Path) -> ConfigurationDirectory:
    config = ConfigurationDirectory(tmp_path)
    config.write_whatsapp(routing=" ".join(ROUTING.split()))
    return config


def route(config: ConfigurationDirectory, *options: str) -> list[str]:
    command = ["route", "--config-dir", str(config.path), "--channel", "whatsapp", "--at", "2026-11-23T10:00", *options]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_each_rule_and_why(config: ConfigurationDirectory) -> None:
    """The last line says who answers."""
    assert route(config, "--text", "My invoice!") == [
        "invoices: matches: agent billing",
        "rule 2: does not match: none of its choices was tapped",
        "ad: does not match: none of its words is in what led the person here",
        "rule 4: does not match: it is open",
        "rule 5: does not match: the person's language is en",
        "rule 6: does not match: the person is not among the 0 %",
        "agent billing answers (invoices)",
    ]


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ([], "agent whatsapp-assistant answers (no rule)"),
        (["--text", "the billing"], "agent billing answers (invoices)"),
        (["--agent", "kept"], "agent kept answers (no rule)"),
        (["--choice", "pay"], "agent sales answers (rule 2)"),
        (["--referral", "https://shop.example/spring"], "agent promotions answers (ad)"),
        (["--language", "es", "--known"], "agent spanish answers (rule 5)"),
        (["--language", "es"], "agent whatsapp-assistant answers (no rule)"),
        (["--at", "2026-11-23T20:00"], "a text answers (rule 4)"),
        (["--at", "2026-11-23T18:30+0100"], "a text answers (rule 4)"),
    ],
)
def test_every_condition_has_an_option(config: ConfigurationDirectory, options: list[str], answer: str) -> None:
    """So a rule can be tried before a person meets it."""
    assert route(config, *options)[-1] == answer


def test_json_for_programs(config: ConfigurationDirectory) -> None:
    """The agent, the rule, and the reasons."""
    found = json.loads("\n".join(route(config, "--text", "invoice", "--json")))

    assert (found["agent"], found["rule"]) == ("billing", "invoices")
    assert found["rules"][0] == {"name": "invoices", "matches": True, "why": "matches: agent billing"}
    assert json.loads("\n".join(route(config, "--at", "2026-11-23T20:00", "--json")))["agent"] is None


def test_a_channel_that_does_not_exist(config: ConfigurationDirectory) -> None:
    """One line on stderr."""
    result = CliRunner().invoke(main, ["route", "--config-dir", str(config.path), "--channel", "other"])

    assert result.exit_code == 1
    assert result.stderr == "Error: there is no channel other in channels.yaml\n"
