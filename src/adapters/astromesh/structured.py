"""The text of an answer from an agent with an `output_schema`.

Astromesh (0.74) asks the model to end with a block of JSON. It reads `data` from the block and leaves it in the answer.
"""

import json
import re

# No line of JSON begins with a fence. So the possessive quantifier is correct, and the time is linear.
FENCED = re.compile(
    r"^[ \t]*```(?:json)?[ \t]*\n((?:(?![ \t]*```).*\n)*+)[ \t]*```[ \t]*$\n?", re.MULTILINE | re.IGNORECASE
)


def without_messages(text: str, data: object) -> str:
    """`text` without the block of JSON that holds `data`, if `data` has `messages` or a `route`.

    Messages are sent from there, and a route is not for the person. Other data stays in the text. So does what stands
    beside a route, when there is no text but the JSON: it may be all that the agent says.
    """
    if not isinstance(data, dict) or data.keys().isdisjoint({"messages", "route"}):
        return text
    if _is_json_of(data, text):
        return "" if "messages" in data or data.keys() == {"route"} else text
    block = next((block for block in reversed(list(FENCED.finditer(text))) if _is_json_of(data, block[1])), None)
    return text[: block.start()] + text[block.end() :] if block else text


def _is_json_of(data: object, written: str) -> bool:
    try:
        return bool(json.loads(written) == data)
    except (ValueError, RecursionError):
        return False
