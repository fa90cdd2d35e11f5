"""Operators see whether a number is stopped, and let it go on."""

import time

import pytest

from application.ports.breaker_store import Breaker
from support.http_services import MESSAGES, OPERATOR, FakeServices, StoppedClock

STOP = "/v1/channels/whatsapp/stop"


async def test_a_stopped_number_is_let_go_on() -> None:
    """Whether it was stopped or not."""
    behind = FakeServices()
    await behind.breaker.open(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        answers = [await client.delete(STOP, headers=OPERATOR) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert await behind.breaker.try_acquire(channel="whatsapp") == Breaker()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", MESSAGES),
        ("GET", STOP),
        ("DELETE", STOP),
    ],
)
async def test_nobody_else_may(method: str, path: str) -> None:
    """Without the token."""
    async with FakeServices().client() as client:
        assert (await client.request(method, path)).status_code == 401


async def test_a_number_that_goes_has_no_stop() -> None:
    """Nothing but that is said."""
    async with FakeServices().client() as client:
        answer = await client.get(STOP, headers=OPERATOR)

    assert answer.json() == {
        "channel": "whatsapp",
        "stopped": False,
        "reason": None,
        "since": None,
        "tries_at": None,
    }


async def test_a_stop_says_why_since_when_and_until_when() -> None:
    """As often as it is asked for; the next message tries all the same."""
    behind = FakeServices()
    await behind.breaker.open(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        for _ in range(2):
            shown = (await client.get(STOP, headers=OPERATOR)).json()

    assert (shown["stopped"], shown["reason"]) == (True, "190")
    assert shown["since"] == pytest.approx(time.time(), abs=5)
    assert shown["tries_at"] - StoppedClock().now() == pytest.approx(60, abs=5)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_the_stop_of_no_channel_is_unknown(method: str) -> None:
    """404."""
    async with FakeServices().client() as client:
        answer = await client.request(method, "/v1/channels/fax/stop", headers=OPERATOR)

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:trunkline:problem:unknown-channel")
