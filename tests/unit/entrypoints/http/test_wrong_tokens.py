"""Callers that guess the operators' token are slowed down."""

import asyncio
import tracemalloc

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http import wrong_tokens
from entrypoints.http.wrong_tokens import (
    ATTEMPT_SECONDS,
    FREE_ATTEMPTS,
    MAX_WAITING,
    WINDOW_SECONDS,
    TooManyAttemptsError,
    WrongTokens,
)
from support.http_services import OPERATOR, FakeServices

WRONG = {"Authorization": "Bearer wrong"}


@define
class Time:
    """A clock that advances when somebody sleeps."""

    at: float = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def time() -> Time:
    return Time()


async def guess(tokens: WrongTokens, address: str, count: int) -> None:
    for _ in range(count):
        await tokens.wait(address)
        tokens.count(address)


async def test_a_few_wrong_tokens_cost_no_time(time: Time) -> None:
    """People mistype."""
    await guess(WrongTokens(clock=time.now, sleep=time.sleep), "192.0.2.1", FREE_ATTEMPTS)

    assert time.at == 1000.0


async def test_many_wrong_tokens_are_answered_one_a_second(time: Time) -> None:
    """So a day allows eighty-six thousand guesses, and not a hundred million."""
    await guess(WrongTokens(clock=time.now, sleep=time.sleep), "192.0.2.1", FREE_ATTEMPTS + 50)

    assert time.at >= 1000.0 + 49 * ATTEMPT_SECONDS


async def test_many_wrong_tokens_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many connections do not help."""
    monkeypatch.setattr(wrong_tokens, "ATTEMPT_SECONDS", 0.01)
    tokens = WrongTokens()
    await guess(tokens, "192.0.2.1", FREE_ATTEMPTS)

    waits = await asyncio.gather(*(tokens.wait("192.0.2.1") for _ in range(200)), return_exceptions=True)

    assert sum(isinstance(wait, TooManyAttemptsError) for wait in waits) >= 200 - MAX_WAITING - 2


async def test_other_addresses_are_not_slowed(time: Time) -> None:
    """Only the guessing address waits."""
    tokens = WrongTokens(clock=time.now, sleep=time.sleep)
    await guess(tokens, "192.0.2.1", FREE_ATTEMPTS + 5)
    before = time.at

    await tokens.wait("192.0.2.2")

    assert time.at == before


async def test_a_network_of_ipv6_is_one_address(time: Time) -> None:
    """A person usually has a whole network. An IPv4 address written as IPv6 counts as IPv4."""
    tokens = WrongTokens(clock=time.now, sleep=time.sleep)
    for number in range(FREE_ATTEMPTS + 5):
        await guess(tokens, f"2001:db8::{number:x}", 1)
        await guess(tokens, f"::ffff:192.0.2.{number}", 1)

    assert 1000.0 < time.at <= 1000.0 + 5 * ATTEMPT_SECONDS


async def test_it_is_forgotten_after_a_while(time: Time) -> None:
    """After a minute without a wrong token."""
    tokens = WrongTokens(clock=time.now, sleep=time.sleep)
    await guess(tokens, "192.0.2.1", FREE_ATTEMPTS + 5)
    time.at += WINDOW_SECONDS + 1
    before = time.at

    await guess(tokens, "192.0.2.1", FREE_ATTEMPTS)

    assert time.at == before


def test_any_number_of_addresses_costs_little_memory() -> None:
    """The latest thousand are remembered."""
    tokens = WrongTokens()
    tracemalloc.start()
    for number in range(5_000):
        tokens.count(f"2001:db8:{number >> 8:x}:{number & 255:x}::1")
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size < 1024 * 1024


@given(address=st.text(max_size=50) | st.ip_addresses().map(str))
def test_any_address_is_counted(address: str) -> None:
    """Also an invalid one: a server need not give the address."""
    WrongTokens().count(address)


async def test_the_right_token_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody behind the same proxy may be guessing all day."""
    monkeypatch.setattr(wrong_tokens, "ATTEMPT_SECONDS", 3600.0)
    async with FakeServices().client() as client:
        wrong = [(await client.get("/v1/dead-letters", headers=WRONG)).status_code for _ in range(FREE_ATTEMPTS)]
        guess = asyncio.create_task(client.get("/v1/dead-letters", headers=WRONG))
        right = await client.get("/v1/dead-letters", headers=OPERATOR)
        guess.cancel()
        await asyncio.wait([guess])

    assert set(wrong) == {401}
    assert right.status_code == 200


async def test_too_many_wrong_tokens_get_429(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Retry-After."""
    monkeypatch.setattr(wrong_tokens, "MAX_WAITING", 0)
    monkeypatch.setattr(wrong_tokens, "ATTEMPT_SECONDS", 0.2)
    async with FakeServices().client() as client:
        for _ in range(FREE_ATTEMPTS):
            await client.get("/v1/dead-letters", headers=WRONG)
        both = await asyncio.gather(*(client.get("/v1/dead-letters", headers=WRONG) for _ in range(2)))

    assert sorted(answer.status_code for answer in both) == [401, 429]
    assert next(answer for answer in both if answer.status_code == 429).headers["retry-after"] == "60"
