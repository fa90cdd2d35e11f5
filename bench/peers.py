"""Job queues for Redis that others wrote, on the same store: how many jobs that do nothing a worker process runs.

Such a job is less than a turn: it has no order, no agent and no reply. They need another version of the store's driver
than the service, so they are installed from the package index into an environment of their own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import processes
from bench.plan import Plan

PACKAGES = ("arq", "saq[redis]", "typing-extensions", "uvloop")
PEERS = ("arq", "saq")
SCRIPT = Path(__file__).with_name("peer_jobs.py")


def jobs_per_second(plan: Plan) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as directory:
        python = _install(Path(directory))
        rounds = [{peer: _round(python, peer, plan.backlog) for peer in PEERS} for _ in range(plan.rounds)]
    return {peer: statistics.median(figures[peer] for figures in rounds) for peer in PEERS}


def _install(directory: Path) -> Path:
    python = directory / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, directory], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PACKAGES], check=True)
    return python


def _round(python: Path, peer: str, jobs: int) -> float:
    with processes.store() as store:
        command = [python, SCRIPT, peer, store, str(jobs)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return float(json.loads(done.stdout)["jobs_per_second"])
