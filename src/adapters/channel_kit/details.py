"""Webhook objects in one line of text, for people who watch the events."""

import itertools
from collections.abc import Collection, Iterator

from adapters.channel_kit.json_fields import without_surrogates
from domain.messages.inbound import Unrecognised

MAX_DEPTH = 8
MAX_VALUES = 20
MAX_DETAIL = 512
MAX_KIND = 80


def unrecognised(channel: str, what: str, which: str, detail: str = "") -> Unrecognised:
    """The event for something that Trunkline does not act on. Example of its kind: "status:captured"."""
    return Unrecognised(
        channel=channel,
        kind=without_surrogates(f"{what}:{which}")[:MAX_KIND],
        detail=without_surrogates(detail)[:MAX_DETAIL],
    )


def summary(value: object, *, only: Collection[str] | None = None) -> str:
    """Names and values of an object and of everything inside it.

    Example: "event: DISABLED_UPDATE, waba_ban_state: DISABLE". At most 20 values and 512 characters. `only` lists the
    names that may be shown; without it, all are.
    """
    shown = (f"{name}: {content}" for name, content in _values(value, "", MAX_DEPTH) if only is None or name in only)
    return without_surrogates(", ".join(itertools.islice(shown, MAX_VALUES)))[:MAX_DETAIL]


def _values(value: object, name: str, depth: int) -> Iterator[tuple[str, str | int | float]]:
    if isinstance(value, dict | list) and depth:
        inner = value.items() if isinstance(value, dict) else ((name, item) for item in value)
        for key, item in inner:
            yield from _values(item, key, depth - 1)
    elif isinstance(value, str | int | float):
        yield name, value
