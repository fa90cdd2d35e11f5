"""The harness of the crash points."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.crash_harness import LONG_LEASE_SECONDS, CrashHarness, crash_harness


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[CrashHarness]:
    async with crash_harness(tmp_path) as harness:
        yield harness


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[CrashHarness]:
    """Workers that finish nothing when they are stopped. No lease ends before the test does."""
    async with crash_harness(tmp_path, grace_seconds=0, lease_seconds=LONG_LEASE_SECONDS) as harness:
        yield harness
