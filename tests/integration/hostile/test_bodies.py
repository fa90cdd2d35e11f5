"""Bodies of webhooks: forged, cut, nested, very large, in wrong encodings, and of wrong shapes."""

import gzip
import itertools
import json
import time
from typing import Any

import pytest

from integration.hostile.conftest import Target
from support.phone import Phone, post
from support.polling import eventually
from support.raw_http import answers, statuses
from support.simulator import APP_SECRET
from support.whatsapp_messages import Json, text_message
from support.whatsapp_webhooks import change, entry, envelope, sign, webhook

NOW = int(time.time())
LIMIT = 3 * 1024 * 1024
EMPTY = b'{"object":"whatsapp_business_account","entry":[]}'

REFUSED = {
    "nothing": b"",
    "blank": b"   ",
    "a list": b"[]",
    "a word": b'"hello"',
    "a number": b"1",
    "null": b"null",
    "a form": b"hub.mode=subscribe&a=b",
    "cut off": webhook(text_message())[:-7],
    "cut in a letter": '{"object":"é'.encode()[:-1],
    "followed by more": EMPTY + b"{}",
    "numbers that JSON has not": b'{"object":NaN}',
    "comments": b"/* */" + EMPTY,
    "single quotes": EMPTY.replace(b'"', b"'"),
    "a null byte": EMPTY + b"\x00",
    "UTF-16": EMPTY.decode().encode("utf-16"),
    "UTF-16 without a mark": EMPTY.decode().encode("utf-16-le"),
    "UTF-32": EMPTY.decode().encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf" + EMPTY,
    "Latin-1": '{"object":"café"}'.encode("latin-1"),
    "surrogates in UTF-8": b'{"object":"\xed\xa0\x80"}',
    "overlong UTF-8": b'{"object":"\xc0\xaf"}',
    "compressed": gzip.compress(EMPTY),
    "nested lists": b"[" * 100_000,
    "nested and closed": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"object":' * 100_000,
    "nested within": b'{"object":"whatsapp_business_account","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}
HEARD = {
    "keys twice": b'{"object":"whatsapp_business_account",' + EMPTY[1:],
    "another object": b'{"object":"page","entry":[]}',
    "a number of a million digits": b'{"object":"whatsapp_business_account","entry":[' + b"9" * 1_000_000 + b"]}",
    "a number beyond numbers": b'{"object":"whatsapp_business_account","entry":[1e999999]}',
    "half a million lone surrogates": b'{"object":"' + b"\\ud800" * 500_000 + b'"}',
    "a key of a megabyte": b'{"object":"whatsapp_business_account","' + b"k" * 1_000_000 + b'":1}',
    "a hundred thousand keys": json.dumps({str(number): number for number in range(100_000)}).encode(),
    "a million malformed entries": b'{"object":"whatsapp_business_account","entry":[' + b"1," * 1_000_000 + b"1]}",
    "nested as deep as it may be": b'{"object":"whatsapp_business_account","entry":' + b"[" * 500 + b"]" * 500 + b"}",
}
WRONG_VALUES: list[Any] = [None, True, -1, 1.5, 1e300, "", "x" * 100_000, [], [[]], {}, {"": ""}, "\ud800", "\x00"]


@pytest.mark.parametrize("name", REFUSED)
async def test_a_body_that_is_no_webhook_is_refused(target: Target, name: str) -> None:
    """400, also with a valid signature."""
    answer = await post(target.service, REFUSED[name])

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:trunkline:problem:malformed-webhook"


@pytest.mark.parametrize("name", HEARD)
async def test_a_body_with_the_form_of_a_webhook_is_accepted(target: Target, name: str) -> None:
    """200 within Meta's time limit. Otherwise it would come again for a week."""
    answer = await post(target.service, HEARD[name])

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() < 5


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "utf-16", "\x7f"])
async def test_bodies_are_not_decompressed(target: Target, encoding: str) -> None:
    """The signature covers the bytes as they are. A decompression bomb has no effect."""
    bomb = gzip.compress(b" " * 50_000_000)

    answer = await post(target.service, bomb, **{"content-encoding": encoding})

    assert answer.status_code == 400


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
async def test_three_megabytes_are_accepted(target: Target, size: int) -> None:
    """Exactly. Meta sends up to that size."""
    answer = await post(target.service, EMPTY.ljust(size))

    assert answer.status_code == 200


def request(*headers: str) -> bytes:
    lines = ["POST /v1/channels/whatsapp/webhook HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def test_one_byte_more_is_refused(target: Target) -> None:
    """413, with Content-Length or in chunks of any size."""
    body = EMPTY.ljust(LIMIT + 1)
    port = target.service.port

    signed = f"X-Hub-Signature-256: sha256={'0' * 64}"

    announced = await answers(port, request(f"Content-Length: {len(body)}", signed))
    sent = await answers(port, request(f"Content-Length: {len(body)}", signed), body)
    pieces = await answers(port, request("Transfer-Encoding: chunked", signed), chunked(body, 100_000))
    small = chunked(body[:200_000], 1)
    crumbs = await answers(port, request("Transfer-Encoding: chunked", "Connection: close", signed), small)

    assert statuses(announced) == [413]
    assert statuses(sent) == statuses(pieces) == [413]  # which its sender can read
    assert statuses(crumbs)[:1] in ([403], [])


async def test_a_chunked_body_is_accepted(target: Target) -> None:
    """With its signature."""
    body = webhook(text_message("in pieces", sender="15550105001", wamid="wamid.pieces"))
    signature = sign(body, APP_SECRET)["x-hub-signature-256"]
    head = request("Transfer-Encoding: chunked", f"X-Hub-Signature-256: {signature}", "Connection: close")

    response = await answers(target.service.port, head, chunked(body, 7))

    assert statuses(response) == [200]


@pytest.mark.parametrize("promised", [10_000_000_000, LIMIT, 5])
async def test_a_wrong_length_stores_nothing(target: Target, promised: int) -> None:
    """The body is longer or shorter than its Content-Length, so it is not what was signed."""
    body = webhook(text_message("a lie", sender="15550105002", wamid=f"wamid.lie.{promised}"))
    signature = sign(body, APP_SECRET)["x-hub-signature-256"]
    head = request(f"Content-Length: {promised}", f"X-Hub-Signature-256: {signature}")

    response = await answers(target.service.port, head, body)

    assert 200 not in statuses(response)


@pytest.mark.parametrize("secret", [None, "another-secret", "", APP_SECRET.upper(), APP_SECRET + " "])
async def test_forged_bodies_are_refused(target: Target, secret: str | None) -> None:
    """403 before the body is read."""
    for body in (webhook(text_message(wamid="wamid.forged")), b"[" * 100_000, b"\xff" * 1000):
        answer = await post(target.service, body, secret=secret)

        assert answer.status_code == 403


async def test_a_replayed_webhook_is_accepted_and_answered_once(target: Target) -> None:
    """Somebody recorded it and sends it again, byte for byte, or rewritten with a valid signature."""
    phone = await target.phone()
    body = phone.text("once", wamid="wamid.replayed", at=NOW)

    replies = {(await post(target.service, body)).status_code for _ in range(50)}
    await phone.next_after(0)
    await post(target.service, phone.text("done", wamid="wamid.replayed.done", at=NOW + 1))
    await phone.next_after(1)

    assert replies == {200}
    assert await phone.heard() == ["You said: once", "You said: done"]


def with_wrong_values(value: Any, phone: Phone) -> list[bytes]:
    """Webhooks in which this value replaces each field in turn, beside a good message."""
    numbers = itertools.count()

    def good() -> Json:
        number = next(numbers)
        wamid = f"wamid.{phone.number}.{number}"
        return text_message(f"good {number}", sender=phone.number, wamid=wamid, at=NOW + number)

    bad = text_message("bad", sender=phone.number, wamid="wamid.bad")
    person = {"profile": value, "wa_id": value, "user_id": value}
    outcome = {"id": value, "status": value, "timestamp": value, "errors": value}
    return [
        envelope(value, entry(change(messages=[good()]))),
        envelope(entry(value, change(messages=[good()]))),
        *(webhook({**bad, key: value}, good()) for key in ("from", "id", "timestamp", "type", "text")),
        webhook({**bad, "text": {"body": value}}, good()),
        *(webhook(good(), **{name: value}) for name in ("contacts", "statuses", "errors")),
        webhook(good(), contacts=[value, person], statuses=[value, outcome]),
    ]


@pytest.mark.parametrize("value", WRONG_VALUES, ids=lambda value: repr(value)[:10])
async def test_a_wrong_value_does_not_affect_the_good_message(target: Target, value: Any) -> None:
    """200, and the good message in the same webhook is answered."""
    phone = await target.phone()
    bodies = with_wrong_values(value, phone)

    replies = {(await post(target.service, body)).status_code for body in bodies}
    await post(target.service, phone.text("the end", wamid=f"wamid.{phone.number}.end", at=NOW + 100))
    await eventually(lambda: _heard(phone, "the end"), seconds=20)

    assert replies == {200}
    texts = "\n".join(await phone.heard())
    assert [number for number in range(len(bodies)) if f"good {number}" not in texts] == []


async def _heard(phone: Phone, words: str) -> bool:
    return any(words in response for response in await phone.heard())
