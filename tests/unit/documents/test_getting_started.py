"""The page for newcomers leads where it says."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from entrypoints.cli import main
from support.getting_started import CREDENTIALS, shown, write_newcomers_config
from support.restored_logging import restored_logging

__all__ = ["restored_logging"]


def test_the_offline_check_prints_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line, and nothing else, for somebody with the page's agent and the two lines that it changes."""
    write_newcomers_config(tmp_path)
    monkeypatch.chdir(tmp_path)
    for variable in CREDENTIALS:
        monkeypatch.setenv(variable, "106543218765432")

    ended = CliRunner().invoke(main, ["doctor", "--offline"], catch_exceptions=False)

    assert ended.output.splitlines() == shown("trunkline doctor --offline")
    assert ended.exit_code == 0
