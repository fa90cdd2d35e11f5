"""Bodies that are being received share one budget of memory."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http import body
from entrypoints.http.server.byte_limit import ByteLimit
from support.http_services import KEYED, MESSAGES, FakeServices
from support.signed_channel import SIGNED, WEBHOOK


async def stalled(size: int) -> AsyncIterator[bytes]:
    yield b"[" + b" " * (size - 1)
    await asyncio.Event().wait()


async def test_bodies_over_the_budget_are_refused() -> None:
    """503 with Retry-After. Refused bodies hold no memory."""
    memory = ByteLimit(1000)

    async with FakeServices().client(body_memory=memory) as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=b" " * 1001)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["type"] == "urn:trunkline:problem:overloaded"
    assert memory.held == 0


async def test_a_slow_body_of_an_operator_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """408: every route that reads a body has this limit."""
    monkeypatch.setattr(body, "BODY_SECONDS", 0.02)
    memory = ByteLimit(1000)

    async with FakeServices().client(body_memory=memory) as client:
        answer = await client.post(MESSAGES, headers=KEYED, content=stalled(10))

    assert answer.status_code == 408
    assert memory.held == 0


async def test_a_large_body_of_an_operator_is_refused() -> None:
    """413, with or without Content-Length."""

    async def large() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b" " * 1024 * 1024

    async with FakeServices().client() as client:
        announced = await client.post(MESSAGES, headers=KEYED, content=b" " * 4 * 1024 * 1024)
        counted = await client.post(MESSAGES, headers=KEYED, content=large())

    assert (announced.status_code, counted.status_code) == (413, 413)


@given(steps=st.lists(st.tuples(st.integers(0, 600), st.booleans()), max_size=30))
def test_the_budget_is_never_exceeded(steps: list[tuple[int, bool]]) -> None:
    """For any order of takes and returns."""
    memory, taken = ByteLimit(1000), []

    for size, give in steps:
        if give and taken:
            memory.give(taken.pop())
        elif memory.take(size, spare=250):
            taken.append(size)
        assert memory.held == sum(taken) <= 750
