"""Every command is run in this process, with a store of its own."""

from pathlib import Path

import pytest

from support.configuration import CHANNELS
from support.restored_logging import restored_logging

__all__ = ["restored_logging"]


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    (tmp_path / "channels.yaml").write_text(CHANNELS)
    (tmp_path / "service.yaml").write_text(f"data_dir: {tmp_path / 'data'}\n")
    return tmp_path
