"""The route of the webhooks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from entrypoints.http import body as body_module
from entrypoints.http import problems
from support.http_services import FakeServices
from support.signed_channel import SIGNED, WEBHOOK

LIMIT = 3 * 1024 * 1024
HANDSHAKE = {"hub.mode": "subscribe", "hub.verify_token": "not-a-real-token", "hub.challenge": "1158201444"}


async def test_handshake_answers_the_bare_challenge() -> None:
    """Meta saves the address when the body is exactly its challenge."""
    async with FakeServices().client() as client:
        answer = await client.get(WEBHOOK, params=HANDSHAKE)

    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_handshake_cannot_be_cached_or_taken_for_a_page() -> None:
    """A caller chooses the challenge, so no browser may run it and no proxy may cache it."""
    async with FakeServices().client() as client:
        answer = await client.get(WEBHOOK, params=HANDSHAKE | {"hub.challenge": "<script>"})

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("query", [{}, HANDSHAKE | {"hub.verify_token": "guessed"}, {"hub.verify_token": "\udcff"}])
async def test_handshake_without_our_token_is_refused(query: dict[str, str]) -> None:
    """403 without the challenge."""
    async with FakeServices().client() as client:
        answer = await client.get(
            WEBHOOK, params={name: value.encode("utf-8", "replace") for name, value in query.items()}
        )

    assert answer.status_code == 403
    assert "1158201444" not in answer.text


async def test_handshake_of_an_unknown_channel_is_not_found() -> None:
    """404 says that the address is wrong, and not the token."""
    async with FakeServices().client() as client:
        answer = await client.get("/v1/channels/telex/webhook", params=HANDSHAKE)

    assert answer.status_code == 404


async def test_signed_messages_are_stored_before_the_answer() -> None:
    """200 means that they are in the mailbox."""
    behind = FakeServices()

    async with behind.client() as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=b'["wamid.1", "wamid.2"]')

    assert (answer.status_code, answer.json()) == (200, {"status": "stored"})
    assert [post.message.id for post in behind.mailbox.posts] == ["wamid.1", "wamid.2"]


@pytest.mark.parametrize("path", [WEBHOOK, f"{WEBHOOK}/", WEBHOOK.replace("/v1/", "//v1/")])
async def test_a_delivery_is_answered_and_counted_at_every_form_of_its_path(path: str) -> None:
    """Also where Litestar must normalise the path."""
    behind = FakeServices()

    async with behind.client() as client:
        answer = await client.post(f"http://localhost{path}", headers=SIGNED, content=b'["wamid.1"]')

    labels = {"method": "POST", "route": "/v1/channels/{channel}/webhook", "status": "200"}
    assert answer.json() == {"status": "stored"}
    assert behind.metrics.registry.get_sample_value("trunkline_http_requests_total", labels) == 1


async def test_a_channel_may_get_an_answer_of_its_own() -> None:
    """In place of ours, and in its own format."""
    async with FakeServices().client() as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=b"{}")

    assert (answer.status_code, answer.content) == (200, b"<ok/>")
    assert answer.headers["content-type"] == "text/xml"


@pytest.mark.parametrize(
    ("query", "headers", "url"),
    [
        ("", {}, f"http://localhost{WEBHOOK}"),
        (
            "?a=1&b=%2F",
            {"X-Forwarded-Proto": "https", "Host": "example.org"},
            f"https://example.org{WEBHOOK}?a=1&b=%2F",
        ),
    ],
)
async def test_the_channel_gets_the_address_that_was_called(query: str, headers: dict[str, str], url: str) -> None:
    """Some channels sign it. A proxy says which scheme it was called with."""
    behind = FakeServices()

    async with behind.client() as client:
        await client.post(f"{WEBHOOK}{query}", headers=SIGNED | headers, content=b"[]")

    assert behind.inbound.called == [url]


@pytest.mark.parametrize("body", [b'["wamid.1"]', b"[1, 2]", b"[]"], ids=["duplicate", "unknown", "empty"])
async def test_duplicates_and_unknown_items_are_answered_200(body: bytes) -> None:
    """Otherwise Meta would deliver them again for seven days."""
    async with FakeServices().client() as client:
        await client.post(WEBHOOK, headers=SIGNED, content=b'["wamid.1"]')
        answer = await client.post(WEBHOOK, headers=SIGNED, content=body)

    assert answer.status_code == 200


@pytest.mark.parametrize("signature", [None, "forged", "gefälscht".encode(), b"\xff\xfe", ""])
async def test_forged_or_unsigned_calls_are_refused(signature: str | bytes | None) -> None:
    """403 for each wrong signature of any bytes. Nothing is stored."""
    behind = FakeServices()
    headers = {} if signature is None else {"X-Test-Signature": signature}

    async with behind.client() as client:
        answer = await client.post(WEBHOOK, headers=headers, content=b'["wamid.1"]')

    assert answer.status_code == 403
    assert behind.mailbox.posts == []


async def test_a_channel_that_does_not_exist_is_no_label() -> None:
    """Anybody may name one: each would stay in the metrics for ever."""
    async with FakeServices().client() as client:
        answer = await client.post("/v1/channels/nowhere/webhook", headers={"Origin": "http://other.example"})
        counted = (await client.get("/metrics")).text

    assert answer.status_code == 404
    assert "nowhere" not in counted


@pytest.mark.parametrize("origin", ["http://other.example", "http://localhost", "null", ""])
async def test_a_web_page_is_no_channel(origin: str) -> None:
    """403, also with a valid signature: without signatures, a page could send messages."""
    behind = FakeServices()

    async with behind.client() as client:
        answer = await client.post(WEBHOOK, headers={**SIGNED, "Origin": origin}, content=b'["wamid.1"]')

    assert answer.status_code == 403
    assert behind.mailbox.posts == []


async def test_body_that_is_not_json_is_malformed() -> None:
    """400: the channel signed it, but it cannot be read."""
    async with FakeServices().client() as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=b"not json")

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:trunkline:problem:malformed-webhook"


async def test_unknown_channel_is_not_found() -> None:
    """404, like any unknown address."""
    async with FakeServices().client() as client:
        answer = await client.post("/v1/channels/telex/webhook", headers=SIGNED, content=b"[]")

    assert answer.status_code == 404


async def test_store_away_asks_for_another_delivery() -> None:
    """503 with Retry-After: the channel keeps the message. The driver's words are not repeated."""
    behind = FakeServices()
    behind.mailbox.away = True

    async with behind.client() as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=b'["wamid.1"]')

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "hunter2" not in answer.text


async def _chunks(size: int) -> AsyncIterator[bytes]:
    yield b"["
    for _ in range((size - 2) // 65_536):
        yield b" " * 65_536
    yield b" " * ((size - 2) % 65_536)
    yield b"]"


@pytest.mark.parametrize("declared", [True, False], ids=["with Content-Length", "chunked"])
@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413)])
async def test_bodies_end_at_three_megabytes(size: int, status: int, *, declared: bool) -> None:
    """Meta sends up to 3 MB. One byte more is answered 413, with or without Content-Length."""
    content = b"[" + b" " * (size - 2) + b"]" if declared else _chunks(size)

    async with FakeServices().client() as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=content)

    assert answer.status_code == status


async def test_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """408, and the connection is closed."""
    monkeypatch.setattr(body_module, "BODY_SECONDS", 0.02)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()

    async with FakeServices().client() as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=trickle())

    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


async def test_webhooks_are_counted() -> None:
    """Messages, duplicates, other events and forgeries, by channel."""
    async with FakeServices().client() as client:
        for headers in (SIGNED, SIGNED, {}):
            await client.post(WEBHOOK, headers=headers, content=b'["wamid.1", "wamid.2", 3]')
        counted = (await client.get("/metrics")).text

    assert 'trunkline_messages_total{channel="whatsapp"} 2.0' in counted
    assert 'trunkline_duplicate_messages_total{channel="whatsapp"} 2.0' in counted
    assert 'trunkline_other_events_total{channel="whatsapp"} 2.0' in counted
    assert 'trunkline_forged_webhooks_total{channel="whatsapp"} 1.0' in counted


async def test_an_internal_error_has_a_fixed_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """500. The log has the details."""

    class BrokenClock:
        def now(self) -> float:
            raise RuntimeError("the secret is hunter2")

    class Logger:
        def error(self, _: str, *, exc_info: Exception, **__: str) -> None:
            logged.append(exc_info)

    logged: list[Exception] = []
    monkeypatch.setattr(problems, "logger", Logger())
    behind = FakeServices()
    broken = evolve(behind.services().receive, clock=BrokenClock())
    async with behind.client(receive=broken) as client:
        answer = await client.post(WEBHOOK, headers=SIGNED, content=b"[]")

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert [type(error) for error in logged] == [RuntimeError]
