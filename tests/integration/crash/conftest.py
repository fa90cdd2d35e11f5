"""The harness of the crash points."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.crash_harness import CrashHarness, crash_harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[CrashHarness]:
    async with crash_harness(tmp_path) as harness:
        yield harness


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[CrashHarness]:
    """Workers that are told to stop finish nothing."""
    async with crash_harness(tmp_path, grace_seconds=0) as harness:
        yield harness
