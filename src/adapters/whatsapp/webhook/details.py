"""What an object of a webhook holds, as names and values in one line."""

import itertools
from collections.abc import Collection, Iterator

from adapters.whatsapp.webhook.fields import storable

MAX_DEPTH = 8
MAX_VALUES = 20
MAX_DETAIL = 512


def details(value: object, *, only: Collection[str] | None = None) -> str:
    """Names and values, those further inside included: "event: DISABLED_UPDATE, waba_ban_state: DISABLE".

    `only` are the names that may be told; none given, all are. At most 20 values and 512 characters.
    """
    found = (f"{name}: {told}" for name, told in _values(value, "", MAX_DEPTH) if only is None or name in only)
    return storable(", ".join(itertools.islice(found, MAX_VALUES)))[:MAX_DETAIL]


def _values(value: object, name: str, depth: int) -> Iterator[tuple[str, str | int | float]]:
    if isinstance(value, dict | list) and depth:
        inner = value.items() if isinstance(value, dict) else ((name, item) for item in value)
        for key, item in inner:
            yield from _values(item, key, depth - 1)
    elif isinstance(value, str | int | float):
        yield name, value
