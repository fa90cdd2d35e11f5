"""Commands configure logging for their process; tests share theirs."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from entrypoints.observability.logging import LIBRARIES, OURS


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Undo `configure_logging`, which would go on writing to a stream that is closed."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in (*OURS, *LIBRARIES):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()
