"""Log lines about the memory of the embedded store."""

from structlog.testing import capture_logs

from entrypoints.observability.store_memory import StoreMemory


def test_one_line_when_it_fills_up_and_one_when_there_is_room() -> None:
    """However often it is checked, and although the memory goes up and down a little."""
    memory = StoreMemory()

    with capture_logs() as lines:
        for share in (0.1, 0.79, 0.81, 0.79, 1.01, 0.75, 0.6, 0.75, 0.1):
            memory.used(share)

    assert [(line["log_level"], line["used"]) for line in lines] == [("warning", "81%"), ("info", "60%")]
