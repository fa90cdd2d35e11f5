"""The stage of the crash points."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.crash_stage import Stage, stage


@pytest.fixture
async def play(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as play:
        yield play


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Stage]:
    """Workers that are told to stop finish nothing."""
    async with stage(tmp_path, grace_seconds=0) as play:
        yield play
