"""The metrics that several processes share through files."""

import os
from pathlib import Path

import pytest
from attrs import Factory, define, field

from entrypoints.observability.measures import Counter, Gauge, Histogram, Measure
from entrypoints.observability.shared_processes import SharedMetrics, forget_process, process_file
from support.polling import eventually


@define
class Process:
    """What one process counts, and what it shows. All have the id of the process that tests them."""

    directory: Path
    measures: list[Measure] = field(factory=list)
    turns: Counter = Factory(lambda self: Counter(self.measures, "turns", "", "channel"), takes_self=True)
    places: Gauge = Factory(lambda self: Gauge(self.measures, "places", ""), takes_self=True)
    waits: Histogram = Factory(lambda self: Histogram(self.measures, "wait", "", (1.0,)), takes_self=True)
    shared: SharedMetrics = Factory(lambda self: SharedMetrics(self.directory, self.measures), takes_self=True)

    def shown(self, name: str) -> dict[str, float]:
        """The values of a series, by its only label."""
        samples = [sample for metric in self.shared.collect() for sample in metric.samples]
        return {"".join(each.labels.values()): each.value for each in samples if each.name == f"trunkline_{name}"}


@pytest.fixture
def processes(tmp_path: Path) -> tuple[Process, Process]:
    process_file(tmp_path, os.getpid()).touch()
    return Process(tmp_path), Process(tmp_path)


def test_each_shows_the_sum_of_all(processes: tuple[Process, Process]) -> None:
    """Of counters, gauges and histograms, also where the other one has other labels."""
    one, other = processes
    one.turns.inc("whatsapp")
    one.turns.inc("telegram", by=2)
    one.places.set(8)
    one.waits.observe(0.5)
    other.turns.inc("whatsapp", by=3)
    other.turns.inc("sales")
    other.places.set(4)
    other.waits.observe(5)
    other.shown("turns_total")

    assert one.shown("turns_total") == {"whatsapp": 4, "telegram": 2, "sales": 1}
    assert one.shown("places") == {"": 12}
    assert one.shown("wait_seconds_bucket") == {"1.0": 1, "+Inf": 2}
    assert one.shown("wait_seconds_sum") == {"": 5.5}
    assert other.shown("turns_total") == one.shown("turns_total")


def test_to_show_changes_nothing(processes: tuple[Process, Process]) -> None:
    """However often they are asked."""
    one, other = processes
    for process in processes:
        process.turns.inc("whatsapp")

    assert [process.shown("turns_total") for process in (one, other, one, other)] == [
        {"whatsapp": 1},
        *[{"whatsapp": 2}] * 3,
    ]


def test_a_process_that_ended_is_forgotten(processes: tuple[Process, Process], tmp_path: Path) -> None:
    """Its gauges go. What it showed of its counters stays."""
    ended, other = processes
    ended.turns.inc("whatsapp")
    ended.places.set(8)
    other.places.set(4)
    assert ended.shown("turns_total") == {"whatsapp": 1}

    forget_process(tmp_path, os.getpid())

    assert other.shown("turns_total") == {"whatsapp": 1}
    assert other.shown("places") == {"": 4}


async def test_the_others_see_what_is_counted(
    processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a process runs, and at its end, also when nobody asks it."""
    monkeypatch.setattr("entrypoints.observability.shared_processes.SHARE_SECONDS", 0.01)
    one, other = processes
    async with one.shared.sharing():
        one.turns.inc("whatsapp")
        await eventually(lambda: other.shown("turns_total") == {"whatsapp": 1})
        one.turns.inc("whatsapp")
    assert other.shown("turns_total") == {"whatsapp": 2}


def test_a_directory_that_is_gone(
    processes: tuple[Process, Process], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A process shows its own metrics, and the log has the reason."""
    one, _ = processes
    one.turns.inc("whatsapp")
    process_file(tmp_path, os.getpid()).unlink()
    tmp_path.rmdir()

    assert one.shown("turns_total") == {"whatsapp": 1}
    assert "could not be written" in caplog.text
