"""What the processes of `serve --processes` use together.

Where the environment names a directory (SHARED_METRICS), prometheus_client keeps the metrics of each process in a file
there, and every process of the machine shows the sum of all. The variable must be set before this is imported.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"


def process_file(directory: Path, pid: int | str) -> Path:
    """The file that shows that a process with metrics in this directory runs."""
    return directory / f"process.{pid}"


def forget_process(directory: Path, pid: int) -> None:
    """Remove what only a running process has, for example its turns in flight. Its counters stay in the sum."""
    process_file(directory, pid).unlink()
    mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]


class SharedMetrics(Collector):
    """The metrics of all processes, added up."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        # A process that starts creates its files empty. The library fails on such a file.
        files = [str(file) for file in self._directory.glob("*.db") if _size(file)]
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return metrics


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # by now its process is forgotten
        return 0


class SharedProcesses(Collector):
    """What the running processes use: processor time, memory and descriptors, all added up."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        sums: dict[str, Metric] = {}
        for file in self._directory.glob(process_file(self._directory, "*").name):
            pid = file.suffix.removeprefix(".")
            for metric in ProcessCollector(pid=partial(int, pid), registry=CollectorRegistry()).collect():
                if metric.name == "process_start_time_seconds":  # it has no sum
                    continue
                known = sums.setdefault(metric.name, metric)
                if known is not metric:
                    known.samples = [
                        sample._replace(value=sample.value + other.value)
                        for sample, other in zip(known.samples, metric.samples, strict=True)
                    ]
        return sums.values()
