"""What the log says of the embedded store's memory."""

from structlog.testing import capture_logs

from entrypoints.observability.store_memory import StoreMemory


def test_it_is_said_once_that_it_fills_up_and_once_that_there_is_room() -> None:
    """However often somebody looks, and though it goes up and down a little."""
    memory = StoreMemory()

    with capture_logs() as lines:
        for share in (0.1, 0.79, 0.81, 0.79, 1.01, 0.75, 0.6, 0.75, 0.1):
            memory.used(share)

    assert [(line["log_level"], line["used"]) for line in lines] == [("warning", "81%"), ("info", "60%")]
