"""Signed messages over HTTP."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from adapters.memory.clock import FakeClock
from adapters.outgoing_webhooks.sender import MAX_ANSWER_BYTES, SignedWebhookSender
from application.ports.webhook_sender import WebhookFailedError

type Handler = Callable[[httpx.Request], httpx.Response]
SECRET = "a-secret-of-this-test"


def sender(handler: object, *, timeout_seconds: float = 5.0) -> SignedWebhookSender:
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler), follow_redirects=True)  # type: ignore[arg-type]
    return SignedWebhookSender(
        client=client,
        clock=FakeClock(1_800_000_000.5),
        url="https://erp.example/trunkline?key=hidden",
        secrets=[SECRET],
        timeout_seconds=timeout_seconds,
    )


async def test_a_message_is_posted() -> None:
    """Signed, with its id in two headers, and the answer comes back."""
    requests: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(202, stream=httpx.ByteStream(b"taken"))

    assert await sender(take).send(message_id="m1", body=b"{}") == b"taken"
    (request,) = requests
    assert (request.method, str(request.url), request.content) == (
        "POST",
        "https://erp.example/trunkline?key=hidden",
        b"{}",
    )
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == request.headers["webhook-id"] == "m1"
    assert request.headers["webhook-timestamp"] == "1800000000"
    assert request.headers["webhook-signature"].startswith("v1,")


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 429, 500, 503])
async def test_every_other_status_is_a_failure(status: int) -> None:
    """A redirect is not followed."""

    def refuse(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "erp.example"
        return httpx.Response(status, headers={"location": "https://elsewhere.example/"})

    with pytest.raises(WebhookFailedError, match=f"HTTP {status}"):
        await sender(refuse).send(message_id="m1", body=b"{}")


async def test_no_answer_in_time() -> None:
    async def wait(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError

    with pytest.raises(WebhookFailedError, match=r"no answer within 0\.05 s"):
        await sender(wait, timeout_seconds=0.05).send(message_id="m1", body=b"{}")


async def test_an_error_does_not_show_the_address() -> None:
    """It may hold a key."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    with pytest.raises(WebhookFailedError) as failed:
        await sender(fail).send(message_id="m1", body=b"{}")

    assert str(failed.value) == "no answer: ConnectError"
    assert "hidden" not in repr(sender(fail))
    assert SECRET not in repr(sender(fail))


async def test_an_answer_that_is_too_large_says_nothing() -> None:
    """The message was taken all the same."""

    def take(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b"x" * (MAX_ANSWER_BYTES + 1)))

    assert await sender(take).send(message_id="m1", body=b"{}") == b""
