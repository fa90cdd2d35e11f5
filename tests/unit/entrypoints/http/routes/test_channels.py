"""Operators see the circuit breaker of a channel, and close it."""

import time

import pytest

from application.ports.breaker_store import Breaker
from support.http_services import MESSAGES, OPERATOR, FakeServices, StoppedClock

BREAKER = "/v1/channels/whatsapp/circuit-breaker"


async def test_an_operator_closes_the_circuit_breaker() -> None:
    """It may be closed already."""
    behind = FakeServices()
    await behind.breaker.open(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        answers = [await client.delete(BREAKER, headers=OPERATOR) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert await behind.breaker.try_acquire(channel="whatsapp") == Breaker()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", MESSAGES),
        ("GET", BREAKER),
        ("DELETE", BREAKER),
    ],
)
async def test_a_token_is_required(method: str, path: str) -> None:
    """Without it: 401."""
    async with FakeServices().client() as client:
        assert (await client.request(method, path)).status_code == 401


async def test_a_closed_circuit_breaker_has_only_its_state() -> None:
    """No reason and no times."""
    async with FakeServices().client() as client:
        answer = await client.get(BREAKER, headers=OPERATOR)

    assert answer.json() == {
        "channel": "whatsapp",
        "state": "closed",
        "reason": None,
        "since": None,
        "retry_at": None,
    }


async def test_an_open_circuit_breaker_shows_its_reason_and_times() -> None:
    """However often it is shown: showing it does not use up the trial."""
    behind = FakeServices()
    await behind.breaker.open(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        for _ in range(2):
            shown = (await client.get(BREAKER, headers=OPERATOR)).json()

    assert (shown["state"], shown["reason"]) == ("open", "190")
    assert shown["since"] == pytest.approx(time.time(), abs=5)
    assert shown["retry_at"] - StoppedClock().now() == pytest.approx(60, abs=5)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_channel_has_no_circuit_breaker(method: str) -> None:
    """404."""
    async with FakeServices().client() as client:
        answer = await client.request(method, "/v1/channels/fax/circuit-breaker", headers=OPERATOR)

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:trunkline:problem:unknown-channel")
