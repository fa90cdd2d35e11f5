"""A short chaos run: every promise holds."""

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

from chaos.plan import Fault
from support.processes import processes_under

ROOT = Path(__file__).parents[3]
SHORT = ("--seconds", "8", "--conversations", "60", "--messages", "6")


def run_chaos(*options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "chaos", "--json", *SHORT, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)


def broken(report: Mapping[str, Any]) -> dict[str, Any]:
    """The promises that do not hold, with examples."""
    return {
        name: promise
        for name, promise in report["promises"].items()
        if promise["allowed"] is not None and promise["found"] > promise["allowed"]
    }


@pytest.mark.timeout(180)
@pytest.mark.parametrize("options", [("--seed", "37"), ("--seed", "153", "--no-echo")], ids=["echo", "no echo"])
def test_nothing_is_lost_out_of_order_sent_twice_or_left_behind(options: tuple[str, ...]) -> None:
    """Workers, web processes and the store are killed and frozen while sixty people write.

    These seeds have every kind of fault within a few seconds.
    """
    run = run_chaos(*options)

    assert run.stdout, run.stderr
    report = json.loads(run.stdout)
    assert broken(report) == {}
    assert (run.returncode, report["kept"]) == (0, True)
    assert report["figures"]["messages"] == 360
    assert report["figures"]["messages by channel"] == {"whatsapp": 240, "telegram": 120}
    assert sum(report["figures"]["faults"].values()) > 5
    assert set(report["figures"]["faults"]) == set(Fault)
    assert min(report["figures"]["proposals"], report["figures"]["hand-offs"]) > 20


@pytest.mark.timeout(60)
def test_a_run_that_is_ended_leaves_nothing_behind() -> None:
    """In the middle of it, three workers, two web processes and a store run. By SIGTERM an attack ends alike."""
    with tempfile.TemporaryDirectory(prefix="c-") as name:
        directory = Path(name).resolve()
        command = [sys.executable, "-m", "chaos", "--seed", "3", *SHORT]
        environment = {**os.environ, "TMPDIR": str(directory)}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            seed, fault = run.stdout.readline(), run.stdout.readline()
            running = processes_under(directory)
            run.send_signal(signal.SIGINT)
            run.communicate(timeout=30)

        assert "--seed 3" in seed
        assert fault
        assert len(running) >= 5
        assert psutil.wait_procs(running, timeout=10)[1] == []
        assert (run.returncode, processes_under(directory), list(directory.iterdir())) == (130, [], [])
