"""Signed webhooks as Meta sends them. Each message has an id of its own; people write in turns."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Iterator

from attrs import frozen

CHANNEL = "whatsapp"
SECRET = "fake-app-secret"  # noqa: S105 - of the bench alone
NUMBER = "100000000000001"
PEOPLE = 10_000
PATH = f"/v1/channels/{CHANNEL}/webhook"
SIGNATURE_HEADER = "x-hub-signature-256"

# As json.dumps writes them, with places for the person and the number of the message.
_CHANGE = (
    json.dumps(
        {
            "field": "messages",
            "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550001111", "phone_number_id": NUMBER},
                "contacts": [{"profile": {"name": "Ana"}, "wa_id": "PERSON"}],
                "messages": [
                    {
                        "from": "PERSON",
                        "id": "wamid.HBgLMTU1NTAwMDIyMjIVAgASGBQzQTdGNUMxNUNBNkI4MUIzREY5RABCMESSAGE",
                        "timestamp": str(int(time.time())),
                        "type": "text",
                        "text": {"body": "Is the large one still to be had, and would it arrive by Friday?"},
                    }
                ],
            },
        }
    )
    .replace("PERSON", "1555%07d")
    .replace("CMESSAGE", "%010d")
    .encode()
)
_ID = json.loads(_CHANGE)["value"]["messages"][0]["id"]
_BODY = b'{"object": "whatsapp_business_account", "entry": [{"id": "200000000000002", "changes": [%b]}]}'
_HEAD = (
    f"POST {PATH} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
    f"{SIGNATURE_HEADER}: %b\r\ncontent-length: %d\r\n\r\n"
).encode()


@frozen
class Webhook:
    """A POST, ready to be written to a socket, and the ids of its messages."""

    data: bytes
    message_ids: tuple[str, ...]


def signature(body: bytes) -> bytes:
    return b"sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex().encode()


def webhooks(*, batch: int = 1, first: int = 0) -> Iterator[Webhook]:
    """Webhooks without end. Messages are numbered from `first`; two runs on one store must not share numbers."""
    for start in itertools.count(first, batch):
        numbers = range(start, start + batch)
        body = _BODY % b", ".join(_CHANGE % (number % PEOPLE, number % PEOPLE, number) for number in numbers)
        data = _HEAD % (signature(body), len(body)) + body
        yield Webhook(data, tuple(_ID % number for number in numbers))
