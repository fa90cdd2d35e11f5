"""Answers of agents with an `output_schema`.

Astromesh (0.74) asks the model for a last block of JSON, reads `data` out of it, and leaves it in the answer.
"""

import json
import re
from collections.abc import Mapping

# No line of JSON begins with a fence, so what was read of a block is never read again.
FENCED = re.compile(
    r"^[ \t]*```(?:json)?[ \t]*\n((?:(?![ \t]*```).*\n)*+)[ \t]*```[ \t]*$\n?", re.MULTILINE | re.IGNORECASE
)


def without_messages(text: str, data: object) -> str:
    """`text` without the JSON whose `messages` are said from `data`; other data stays where the agent put it."""
    if not (isinstance(data, Mapping) and "messages" in data):
        return text
    if _is(data, text):
        return ""
    block = next((block for block in reversed(list(FENCED.finditer(text))) if _is(data, block[1])), None)
    return text[: block.start()] + text[block.end() :] if block else text


def _is(data: object, written: str) -> bool:
    try:
        return bool(json.loads(written) == data)
    except (ValueError, RecursionError):
        return False
