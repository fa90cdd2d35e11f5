"""What the processes of `serve --processes` use together.

Where the environment names a directory (SHARED_METRICS), each process writes its metrics to a file there, and every
process of the machine shows the sum of all.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from functools import partial
from operator import add
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from entrypoints.observability.measures import Gauge, Labels, Measure

SHARED_METRICS = "TRUNKLINE_SHARED_METRICS"
# A process that is killed loses what it counted since the last time.
SHARE_SECONDS = 1.0

logger = logging.getLogger(__name__)


def process_file(directory: Path, pid: int | str) -> Path:
    """The file that shows that a process with metrics in this directory runs."""
    return directory / f"process.{pid}"


def forget_process(directory: Path, pid: int) -> None:
    """Forget what only a running process has, for example its turns in flight. Its counters stay in the sum."""
    process_file(directory, pid).unlink()


class SharedMetrics(Collector):
    """The metrics of all processes, added up. `measures` are those of this one."""

    def __init__(self, directory: Path, measures: Sequence[Measure]) -> None:
        self._directory = directory
        self._measures = measures
        self._name = f"{os.getpid()}.{time.time_ns()}"  # a later process may have the same id

    @contextlib.asynccontextmanager
    async def sharing(self) -> AsyncIterator[None]:
        """While the block runs, and at its end, write what this process counts for the others."""
        task = asyncio.create_task(self._keep_sharing())
        try:
            yield
        finally:
            task.cancel()
            self._share()

    async def _keep_sharing(self) -> None:
        while True:
            self._share()
            await asyncio.sleep(SHARE_SECONDS)

    def _share(self) -> None:
        shared = {measure.name: [*measure.numbers.items()] for measure in self._measures}
        draft = self._directory / f"draft.{self._name}"
        try:
            draft.write_bytes(msgspec.json.encode(shared))
            draft.replace(self._directory / f"metrics.{self._name}")
        except OSError:
            logger.exception("the metrics of this process could not be written for the others")

    def collect(self) -> Iterator[Metric]:
        self._share()  # whatever becomes of this process: a counter that was shown never goes back
        others = [*self._others()]
        for measure in self._measures:
            sums = dict(measure.numbers)
            for other, is_running in others:
                if is_running or not isinstance(measure, Gauge):
                    for labels, numbers in other.get(measure.name, ()):
                        sums[labels] = [*map(add, sums[labels], numbers)] if labels in sums else numbers
            yield measure.family(sums)

    def _others(self) -> Iterator[tuple[dict[str, list[tuple[Labels, list[float]]]], bool]]:
        """The numbers of each other process by the names of the measures, and whether it runs."""
        for file in self._directory.glob("metrics.*"):
            _, pid, started = file.name.split(".")
            if f"{pid}.{started}" != self._name:
                found = msgspec.json.decode(file.read_bytes(), type=dict[str, list[tuple[Labels, list[float]]]])
                yield found, process_file(self._directory, pid).exists()


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
