"""The bench runs to its end. Its figures are not judged here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(300)
def test_quick_run_reports_every_figure_in_json() -> None:
    """Each figure is there, and above zero where it has to be."""
    command = [sys.executable, "-m", "bench", "--quick", "--json"]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)

    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    for compared in (*found["messages_per_second"].values(), found["to_200"]):
        assert all(figure > 0 for side in compared.values() for figure in side.values())
    assert set(found["messages_per_second"]) == {"1", "10", "100"}
    assert set(found["to_agent"]) == {"from_due", "from_200"}
    assert found["turns_per_second"] > 0
    assert found["mailbox_turns_per_second"] > 0
    assert found["to_200_while_agent_takes_20_s"]["max"] < 20_000
    assert found["to_200_while_agent_takes_20_s"]["calls_under_way"] > 0
    assert all(figure > 0 for figure in found["many_at_once"].values())
