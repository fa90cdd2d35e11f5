"""The memory of old sessions is cleared beside the service, again and again."""

from typing import cast

import pytest

from application.operating.forget_sessions import ForgetSessions
from application.ports.store import StoreUnavailableError
from entrypoints.bootstrap.background import running
from entrypoints.bootstrap.cleared_memory import clear_memory
from support.polling import eventually


async def test_no_error_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an outage of the store nor a mistake of ours."""
    monkeypatch.setattr("entrypoints.bootstrap.cleared_memory.ROUND_SECONDS", 0)
    errors: list[Exception] = [StoreUnavailableError("away"), ValueError("ours")]
    rounds = 0

    async def forget() -> int:
        nonlocal rounds
        rounds += 1
        if errors:
            raise errors.pop()
        return 0

    async def went_on() -> bool:
        return rounds > 3

    async with running(clear_memory(lambda: cast("ForgetSessions", forget))):
        await eventually(went_on)
