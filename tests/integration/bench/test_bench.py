"""The bench runs to its end. Its figures are not judged here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(600)
def test_quick_run_reports_every_figure_in_json() -> None:
    """Each figure is there, and above zero where it has to be."""
    command = [sys.executable, "-m", "bench", "--quick", "--json"]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)

    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    trip, parts = found["trip"], found["parts"]
    for compared in (trip["at_rate"], trip["flooded"], *parts["messages_per_second"].values(), parts["to_200"]):
        assert all(figure > 0 for side in compared.values() for figure in side.values())
    assert trip["backlog"]["share_of_a_core"] > 0
    assert trip["backlog"]["p50"] > 0
    assert set(parts["messages_per_second"]) == {"1", "10", "100"}
    assert set(parts["to_agent"]) == {"from_due", "from_200"}
    assert parts["turns_per_second"] > 0
    assert parts["mailbox_turns_per_second"] > 0
    assert parts["to_200_while_agent_takes_20_s"]["max"] < 20_000
    assert parts["to_200_while_agent_takes_20_s"]["calls_under_way"] > 0
    assert all(figure > 0 for figure in parts["many_at_once"].values())
