"""`trunkline usage`, over a store in memory."""

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from application.operating.report_usage import UsageSum
from entrypoints.cli.commands import main

SUMS = (UsageSum(day=dt.date(2026, 11, 26), model="gpt\x1b[2J", turns=2, tokens_in=10, tokens_out=5, cost=0.25),)


def usage(monkeypatch: pytest.MonkeyPatch, sums: tuple[UsageSum, ...], *options: str) -> tuple[str, str]:
    async def report(*_: object) -> tuple[UsageSum, ...]:
        return sums

    monkeypatch.setattr("entrypoints.cli.usage._report", report)
    result = CliRunner().invoke(main, ["usage", *options])
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_a_line_for_each_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a model's name moves the cursor of an operator's terminal."""
    shown, _ = usage(monkeypatch, SUMS)

    assert shown == "2026-11-26  gpt\ufffd[2J  2 turns  10 tokens in  5 tokens out  cost 0.250000\n"


def test_json_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the names of the HTTP interface."""
    shown, _ = usage(monkeypatch, SUMS, "--json")

    assert json.loads(shown)[0]["tokens_in"] == 10


def test_nothing_was_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said on stderr."""
    assert usage(monkeypatch, ()) == ("", "Nothing was used.\n")


def test_an_impossible_day(tmp_path: Path) -> None:
    """Is a mistake in the call."""
    result = CliRunner().invoke(main, ["usage", "--config-dir", str(tmp_path), "--from", "yesterday"])

    assert result.exit_code == 2
