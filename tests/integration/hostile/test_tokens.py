"""Only the right token or signature is accepted, and the time of the answer does not reveal how wrong one was."""

import asyncio
import hmac
import itertools
from typing import Any

import pytest

from adapters.whatsapp.webhook import inbound
from application.ports.inbound_channel import ForgedWebhookError
from entrypoints.http import operator_access
from integration.hostile.conftest import Target
from support.http_services import FakeServices
from support.phone import ADMIN
from support.raw_http import answers, statuses
from support.service import CREDENTIALS
from support.simulator import VERIFY_TOKEN
from support.whatsapp_webhooks import URL

TOKEN = CREDENTIALS["TRUNKLINE_ADMIN_TOKEN"]
# Each from an address of its own: many wrong tokens of one address are slowed down.
callers = itertools.count(1)
ROUTES = [
    "GET /v1/dead-letters",
    "GET /v1/dead-letters/0.1-0",
    "POST /v1/dead-letters/0.1-0/replay",
    "DELETE /v1/dead-letters/0.1-0",
    "GET /v1/channels/events",
]
ODD = {
    "none": None,
    "empty": b"",
    "a scheme alone": b"Bearer",
    "blank": b"Bearer    ",
    "the beginning of it": f"Bearer {TOKEN[:-1]}".encode(),
    "one more": f"Bearer {TOKEN}x".encode(),
    "twice": f"Bearer {TOKEN} {TOKEN}".encode(),
    "in capitals": f"Bearer {TOKEN.upper()}".encode(),
    "quoted": f'Bearer "{TOKEN}"'.encode(),
    "without a scheme": TOKEN.encode(),
    "another scheme": f"Basic {TOKEN}".encode(),
    "a longer scheme": f"Bearerx {TOKEN}".encode(),
    "no space": f"Bearer{TOKEN}".encode(),
    "a tab": f"Bearer\t{TOKEN}".encode(),
    "a space of another kind": b"Bearer \xa0" + TOKEN.encode(),
    "a new line of another kind": b"Bearer " + TOKEN.encode() + b"\x85",
    "not a letter": b"Bearer \xff\xfe",
    "an emoji": "Bearer 🔑".encode(),
    "long": b"Bearer " + b"x" * 60_000,
    "very long": b"Bearer " + b"x" * 1_000_000,
    "the variable": b"Bearer ${TRUNKLINE_ADMIN_TOKEN}",
    "null": b"Bearer null",
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", ODD)
async def test_no_odd_token_is_accepted(target: Target, route: str, name: str) -> None:
    """401 on each of the operators' routes, or 431 for a token that is too long. Then the rest may be cut off."""
    given = ODD[name]
    header = b"" if given is None else b"Authorization: " + given + b"\r\n"
    request = route.encode() + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + b"\r\n"

    response = await answers(target.service.port, request, address=f"127.0.1.{next(callers)}")

    assert statuses(response) in ([431], []) if name == "very long" else statuses(response) == [401]


async def test_one_address_cannot_try_many(target: Target) -> None:
    """Thirty tokens over thirty connections are slowed down or refused. Other addresses do not wait."""
    request = b"GET /v1/dead-letters HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer wrong\r\n\r\n"
    guesses = [asyncio.create_task(answers(target.service.port, request, address="127.0.2.1")) for _ in range(30)]

    right = await target.service.http.get(f"{target.service.url}/v1/dead-letters", headers=ADMIN)
    done, waiting = await asyncio.wait(guesses, timeout=2.5)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    assert right.status_code == 200
    assert right.elapsed.total_seconds() < 1
    looked_at = [one for one in done if statuses(one.result()) == [401]]
    refused = [one for one in done if statuses(one.result()) == [429]]
    assert len(looked_at) <= 14
    assert len(refused) >= 5


async def test_a_second_token_header_has_no_effect(target: Target) -> None:
    """A header that is sent twice counts once."""
    pair = [("Authorization", "Bearer wrong"), ("Authorization", "Bearer wrong too")]

    answer = await target.service.http.get(f"{target.service.url}/v1/dead-letters", headers=pair)

    assert answer.status_code == 401


async def test_the_right_token_is_accepted(target: Target) -> None:
    """Otherwise the tests above would prove nothing."""
    answer = await target.service.http.get(f"{target.service.url}/v1/dead-letters", headers=ADMIN)

    assert answer.status_code == 200


@pytest.mark.parametrize("token", ["voilà", "à", "\u0085token", "tokenà\u00a0b"])
async def test_a_token_may_end_in_any_letter(token: str) -> None:
    """Headers are read as Latin-1, in which the last byte of "à" is a kind of space."""
    async with FakeServices().client(admin_token=token) as client:
        answer = await client.get("/v1/dead-letters", headers={"Authorization": f"Bearer {token}".encode()})

    assert answer.status_code == 200


COMPARE_DIGEST = hmac.compare_digest


class Watch:
    """Passes on to `hmac.compare_digest`, and records what was compared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
        self.compared: list[tuple[bytes, bytes]] = []
        monkeypatch.setattr(module.hmac, "compare_digest", self)

    def __call__(self, one: bytes, other: bytes) -> bool:
        self.compared.append((one, other))
        return COMPARE_DIGEST(one, other)


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer not-a-real-admin-toke", "Basic x", "Bearer ÿ" + "x" * 5000])
async def test_the_operators_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """The whole token is compared before anything is decided."""
    watch = Watch(monkeypatch, operator_access)

    async with FakeServices().client() as client:
        await client.get("/v1/dead-letters", headers={"Authorization": given.encode("latin-1")})

    sent = given.partition(" ")[2].encode("latin-1")
    assert watch.compared == [(sent, b"not-a-real-admin-token")]


@pytest.mark.parametrize("mode", ["subscribe", "unsubscribe", ""])
@pytest.mark.parametrize("given", ["", VERIFY_TOKEN[:-1], f"{VERIFY_TOKEN} ", "ÿ" * 5000])
def test_the_verify_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, given: str, mode: str) -> None:
    """Also when the rest of the handshake is wrong."""
    watch = Watch(monkeypatch, inbound)
    channel = inbound.WhatsAppInbound(numbers={}, channel="whatsapp", verify_tokens=(VERIFY_TOKEN,))

    with pytest.raises(ForgedWebhookError):
        channel.challenge(query={"hub.mode": mode, "hub.verify_token": given})

    assert watch.compared == [(given.encode(), VERIFY_TOKEN.encode())]


@pytest.mark.parametrize("given", ["", "sha256=", "sha1=0", "sha256=" + "0" * 64, "ÿ" * 5000])
def test_the_signature_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """With each of the secrets, also after the first one matched."""
    watch = Watch(monkeypatch, inbound)
    channel = inbound.WhatsAppInbound(numbers={}, channel="whatsapp", verify_tokens=("t",), app_secrets=("one", "two"))

    with pytest.raises(ForgedWebhookError):
        channel.verify(headers={inbound.SIGNATURE_HEADER: given}, body=b"{}", url=URL)

    assert [one for one, _ in watch.compared] == [given.encode()] * 2
    assert len({other for _, other in watch.compared}) == 2
