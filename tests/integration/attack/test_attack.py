"""A short attack on a real service: every bound holds."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.processes import processes_under

ROOT = Path(__file__).parents[3]
# Other tests keep both cores busy at the same time. The time in which the service had no core is subtracted, where the
# system shows it, but it is still slower. So the time limits here are so many times as long as in the whole run, `make
# attack`, which needs a machine of its own. The limits of memory are the same.
PATIENCE = "6"
QUICK = ("--quick", "--seed", "1", "--patience", PATIENCE)


def environment(**more: str) -> dict[str, str]:
    """As in a shell, without the paths of the tests."""
    return {**{name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}, **more}


def broken(report: Mapping[str, Any]) -> dict[str, Any]:
    """The bounds that do not hold, with examples."""
    return {name: bound for name, bound in report["bounds"].items() if not bound["kept"]}


@pytest.mark.timeout(300)
def test_a_service_under_attack_stays_within_its_bounds() -> None:
    """A tenth of all inputs. Honest people who write in the meantime are all answered, once and in order."""
    command = [sys.executable, "-m", "attack", "--json", *QUICK]

    run = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=290, check=False)

    assert run.stdout, run.stderr
    report = json.loads(run.stdout)
    assert broken(report) == {}
    assert (run.returncode, report["kept"]) == (0, True)
    assert sum(family["inputs"] for family in report["families"].values()) > 1_000
    assert report["honest"]["messages"] > 100
    assert report["outside"]["calls"]["transcriber"] > 0


@pytest.mark.timeout(60)
def test_an_attack_that_is_ended_leaves_nothing_behind() -> None:
    """In the middle of it, the service, its store, a load and the outside are running."""
    with tempfile.TemporaryDirectory(prefix="a-") as name:
        directory = Path(name).resolve()
        command = [sys.executable, "-m", "attack", "--only", "requests", "--only", "webhooks", *QUICK]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment(TMPDIR=name), stdout=subprocess.PIPE, text=True
        ) as run:
            assert run.stdout is not None
            seed, first_family = run.stdout.readline(), run.stdout.readline()
            children = psutil.Process(run.pid).children(recursive=True)
            running = {*children, *processes_under(directory)}
            run.send_signal(signal.SIGTERM)
            run.communicate(timeout=40)

        assert "--seed 1" in seed
        assert first_family.startswith("requests")
        assert len(running) >= 3
        assert psutil.wait_procs(running, timeout=10)[1] == []
        assert (run.returncode, processes_under(directory), list(directory.iterdir())) == (130, [], [])
