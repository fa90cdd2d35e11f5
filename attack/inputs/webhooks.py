"""Hostile webhooks: signed with any content, forged, too large, or in other encodings."""

import gzip
import json
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from attack.inputs import json_values
from attack.inputs.request import WEBHOOK, Request, http, signature, signed
from attack.people import HOSTILE_NUMBERS, PRIVATE_WORD
from attack.plan import MEGABYTE
from support import whatsapp_messages as messages
from support import whatsapp_webhooks as webhooks

UPDATES = 1_000
LIMIT = 3 * MEGABYTE
ODD_TIMES = ("0", "-1", "1", "NaN", "", "1e400", str(2**63), "9" * 400, "253402300800", str(int(time.time() * 1000)))
A_DAY = 86_400
CODED = (
    ("gzip", gzip.compress(b" " * 20 * MEGABYTE)),
    ("deflate", zlib.compress(b"[" * 20 * MEGABYTE)),
    ("br", b"\x00" * 100),
    ("utf-16", "{}".encode("utf-16")),
    ("gzip, gzip, gzip", b"{}"),
)


def hostile_webhooks(random: Random, count: int) -> Iterator[Request]:
    """So many of them; each kind is thrown as often as its weight says."""
    kinds = random.choices(list(KINDS), list(KINDS.values()), k=count)
    for kind in kinds:
        yield kind(random)


def person(random: Random) -> str:
    return f"{HOSTILE_NUMBERS}{random.randrange(10**7):07}"


def shapes(random: Random) -> list[dict[str, Any]]:
    """A change of each kind that Meta sends, of somebody new."""
    sender = person(random)
    people = [webhooks.contact(phone=sender)]
    items = messages.every_message(sender=sender, at=int(time.time()))
    named = [{**message, "id": f"wamid.{random.random()}"} for message in items]
    inbound = [webhooks.change(messages=[message], contacts=people) for message in named]
    moved = messages.system_message(sender=sender, system={"wa_id": person(random), "new_wa_id": person(random)})
    return [
        *inbound,
        webhooks.change(messages=[moved], contacts=people),
        webhooks.change(statuses=[webhooks.status(wamid=f"wamid.{random.random()}")]),
        webhooks.change(statuses=[webhooks.status("failed", errors=[{"code": 131026, "title": "Undeliverable"}])]),
        webhooks.change(field="smb_message_echoes", message_echoes=[webhooks.echo(to=sender)]),
        webhooks.change(field="user_id_update", user_id_update=[webhooks.user_id_update(wa_id=sender)]),
        {"field": "account_review_update", "value": {"decision": "APPROVED"}},
        {"field": "message_template_status_update", "value": {"event": "REJECTED", "message_template_id": 1}},
    ]


def envelope(*changes: Any) -> bytes:
    return webhooks.envelope(webhooks.entry(*changes))


def mutated(random: Random) -> Request:
    document = json.loads(envelope(random.choice(shapes(random))))
    body = json.dumps(json_values.mutated(document, random))
    # With the code 0 Meta says that the account is blocked. Then the circuit breaker opens, as it must.
    return signed("mutated", body.replace('"code": 0', '"code": 1').encode())


def wrong_shape(random: Random) -> Request:
    """JSON of a wrong shape in the place of a real value."""
    body = envelope({**random.choice(shapes(random)), "value": "HERE"})
    make = random.choice((json_values.deep, json_values.wide, json_values.number))
    where = random.choice((b'"HERE"', b'"messages"', b"[{", body))
    return signed(f"wrong_shape: {make.__name__}", body.replace(where, make(random), 1))


def no_json(random: Random) -> Request:
    body = envelope(random.choice(shapes(random)))
    return signed("no JSON", json_values.no_json(body, random))


def doubled(random: Random) -> Request:
    """Each key twice, with two values."""
    first, second = (envelope(random.choice(shapes(random))) for _ in range(2))
    return signed("keys twice", first[:-1] + b"," + second[1:])


def odd_text(random: Random) -> Request:
    """A text of unusual characters, or longer than any phone sends."""
    words = f"{PRIVATE_WORD} {json_values.text(random, longest=100_000)}"
    message = messages.text_message(words, sender=person(random), wamid=f"wamid.{random.random()}")
    return signed("strange words", webhooks.webhook(message, contacts=[webhooks.contact(json_values.text(random))]))


def odd_time(random: Random) -> Request:
    """A time that is invalid or far away. Old errors of Meta must not open the circuit breaker today."""
    old = int(time.time()) - random.choice((2, 40)) * A_DAY
    at = random.choice((*ODD_TIMES, str(old), str(int(time.time()) + 9 * A_DAY)))
    message = messages.text_message(PRIVATE_WORD, sender=person(random), wamid=f"wamid.{random.random()}")
    change = webhooks.change(messages=[{**message, "timestamp": at}])
    if random.random() < 0.1:
        change = webhooks.change(errors=[{"code": 131031, "title": "Account has been locked"}])
    entry = webhooks.entry(change) | {"time": random.choice((old, str(old)))}
    return signed("odd time", webhooks.envelope(entry))


def batch(random: Random) -> Request:
    """As many updates as Meta puts into one body: of one person, of many people, statuses, or nonsense."""
    sender, made = person(random), random.random()
    update: Mapping[str, Callable[[int], Any]] = {
        "of one person": lambda n: messages.text_message(
            PRIVATE_WORD, sender=sender, wamid=f"wamid.{made}.{n}", at=int(time.time()) - n
        ),
        "of a few people": lambda n: messages.text_message(
            PRIVATE_WORD, sender=f"{sender[:-1]}{n % 10}", wamid=f"wamid.{made}.{n}"
        ),
        "of edits": lambda n: messages.edit_message(sender=sender, wamid=f"wamid.{made}.{n}", to=f"wamid.{n}"),
        "of statuses": lambda n: webhooks.status(wamid=f"wamid.{made}.{n}"),
        "of nonsense": lambda _: json_values.value(Random(made)),
    }
    name = random.choice(list(update))
    key = "statuses" if "statuses" in name else "messages"
    change = webhooks.change(**{key: [update[name](number) for number in range(UPDATES)]})
    return signed(f"1000 {name}", envelope(change)[:LIMIT])


def replayed(random: Random) -> Request:
    """One of ten webhooks, byte for byte."""
    number = random.randrange(10)
    wamid = f"wamid.replayed.{number}"
    message = messages.text_message(PRIVATE_WORD, sender=f"{HOSTILE_NUMBERS}000000{number}", wamid=wamid)
    return signed("replayed", webhooks.webhook(message))


def forged(random: Random) -> Request:
    """Without Meta's signature, with another one, or with something else."""
    body = random.choice((b"{}", b"[" * 50_000, envelope(random.choice(shapes(random))), b" " * LIMIT))
    right = signature(body + b" ")
    wrong = random.choice(
        ("", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, right, right.upper(), "sha256=é", "x" * 9_000)
    )
    headers = {"X-Hub-Signature-256": wrong} if wrong else {}
    return Request(kind="forged", data=http("POST", WEBHOOK, headers, body), may_be_hung_up=len(wrong) > 1_000)


def large(random: Random) -> Request:
    """As large as allowed, or larger: then it is answered 413, which its sender can read."""
    size = random.choice((LIMIT - 1, LIMIT, LIMIT + 1, 4 * MEGABYTE))
    filling = random.choice((b" ", b"[", b'"', b'{"a":', b"\\ud800", b"1,", b"\xff"))
    body = b'{"object":"whatsapp_business_account","entry":['.ljust(60) + filling * (size // len(filling))
    return signed("large", body[:size])


def encoded(random: Random) -> Request:
    """A body that claims to be compressed or no JSON. A decompression bomb must have no effect."""
    code, bomb = random.choice(CODED)
    kind = random.choice(("application/json", "text/xml", "multipart/form-data; boundary=x", "application/json;" * 500))
    return signed("encoded", bomb, Content_Encoding=code, Content_Type=kind)


def chunked(random: Random) -> Request:
    """In chunks of a few bytes, without a length."""
    body = envelope(random.choice(shapes(random)))
    size = random.choice((1, 7, 4_096))
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    head = http("POST", WEBHOOK, {"X-Hub-Signature-256": signature(body), "Transfer-Encoding": "chunked"})
    coded = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return Request(kind="chunked", data=head + coded)


KINDS: Mapping[Callable[[Random], Request], int] = {
    mutated: 40,
    wrong_shape: 12,
    no_json: 10,
    odd_text: 8,
    odd_time: 6,
    forged: 8,
    replayed: 4,
    doubled: 3,
    chunked: 3,
    encoded: 3,
    large: 2,
    batch: 1,
}
