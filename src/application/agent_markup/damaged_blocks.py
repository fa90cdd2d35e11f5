"""Read the texts and choices of a block that is damaged or cut off. They are sent as text, and nothing else is done."""

import contextlib
import re
from collections.abc import Iterator

from application.agent_markup.lenient_json import unquoted

STRING = r'"(?:[^"\\]|\\.)*+"'
FIELD = re.compile(
    rf"""["'](?:(?P<text>text)|title)["']\s*+:\s*+(?P<one>{STRING})
    |["'](?:buttons|list)["']\s*+:\s*+\[\s*+(?P<many>{STRING}(?:\s*+,\s*+{STRING})*+)""",
    re.DOTALL | re.VERBOSE,
)
STRINGS = re.compile(STRING, re.DOTALL)


def readable_texts(damaged: str) -> Iterator[str]:
    """The texts, in order. After each, its choices as a Markdown list.

    Example: `{"text": "Which size?", "buttons": ["Small", "Lar` gives "Which size?" and "- Small".
    """
    choices: list[str] = []
    for found in FIELD.finditer(damaged):
        strings = list(_strings(found["one"] or found["many"]))
        if not found["text"]:
            choices += (f"- {title}" for title in strings)
            continue
        yield "\n".join(choices)
        choices.clear()
        yield "\n".join(strings)
    yield "\n".join(choices)


def _strings(written: str) -> Iterator[str]:
    for token in STRINGS.findall(written):
        with contextlib.suppress(ValueError):
            yield unquoted(token)
