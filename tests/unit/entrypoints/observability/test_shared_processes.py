"""The metrics that several processes share through files."""

from pathlib import Path

from entrypoints.observability.shared_processes import SharedMetrics, forget_process, process_file


def test_a_process_that_starts_does_no_harm(tmp_path: Path) -> None:
    """Its files are empty for a moment."""
    (tmp_path / "counter_1.db").touch()

    assert list(SharedMetrics(tmp_path).collect()) == []


def test_a_process_that_ended_is_forgotten(tmp_path: Path) -> None:
    """Its gauges go, its counters stay."""
    kept, gone = tmp_path / "counter_1.db", tmp_path / "gauge_livesum_1.db"
    for file in (kept, gone, process_file(tmp_path, 1)):
        file.touch()

    forget_process(tmp_path, 1)

    assert list(tmp_path.iterdir()) == [kept]
