"""The stage of the crash points."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.crash_harness import Stage, crash_harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Stage]:
    async with crash_harness(tmp_path) as harness:
        yield harness


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[Stage]:
    """Workers that are stopped finish nothing."""
    async with crash_harness(tmp_path, grace_seconds=0) as harness:
        yield harness
