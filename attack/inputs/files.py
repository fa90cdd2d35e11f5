"""Messages with files: many large voice notes and images at once, and files with wrong descriptions."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any

from attack.hostile_files import Behaviour, digest, file_id
from attack.inputs.request import Request, signed
from attack.people import HOSTILE_NUMBERS
from support import whatsapp_messages as messages
from support import whatsapp_webhooks as webhooks

# One person sends so many in one webhook, so that they are one turn.
NOTES_OF_A_TURN = 30
KINDS = ("audio", "audio", "audio", "image", "document", "sticker")
LIES = ({"mime_type": None}, {"mime_type": "x" * 5_000}, {"id": ["x"]}, {"filename": "../" * 500})
WEIGHTS = {Behaviour.LARGE: 10, **dict.fromkeys(Behaviour, 1), Behaviour.SILENT: 0.3}


def hostile_files(random: Random, count: int) -> Iterator[Request]:
    """So many webhooks; some hold the voice notes of a whole turn, the others one file that does anything."""
    for number in range(count):
        sender = f"{HOSTILE_NUMBERS}9{random.randrange(10**6):06}"
        if number % 10 == 0:
            numbers = range(number * 100, number * 100 + NOTES_OF_A_TURN)
            made = [_file(random, sender, note, Behaviour.LARGE, "audio") for note in numbers]
            yield signed("30 voice notes", webhooks.webhook(*made))
        else:
            (behaviour,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            kind = random.choice(KINDS)
            yield signed(f"file: {behaviour}", webhooks.webhook(_file(random, sender, number * 100, behaviour, kind)))


def _file(random: Random, sender: str, number: int, behaviour: Behaviour, kind: str) -> dict[str, Any]:
    """The webhook also gives wrong types and digests."""
    file: dict[str, Any] = {"id": file_id(behaviour, number), "voice": kind == "audio"}
    file["sha256"] = digest() if behaviour is Behaviour.LARGE else random.choice(("", None, "0" * 64))
    if behaviour is Behaviour.ODD:
        file |= random.choice(LIES)
    wamid = f"wamid.file.{number}.{random.random()}"
    return messages.file_message(kind, file=file, sender=sender, wamid=wamid, at=int(time.time()))
