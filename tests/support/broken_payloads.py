"""Payloads with parts replaced or removed, and values of other JSON types."""

import copy
import functools
import operator
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

type Path = tuple[Any, ...]

HALF_AN_EMOJI = "\ud83d"
ODD_VALUES = [None, True, 5, -1, 1e300, 10**30, "", " ", HALF_AN_EMOJI, "x" * 300, [], [[]], {}, {"": ""}]
NO_OBJECTS = [None, 5, "text", [], [[]], {}]
NAMES = """
    object entry changes field value metadata messages statuses contacts errors message_echoes user_id_update
    id from to from_user_id timestamp type text body status code title profile name event
    image interactive button_reply nfm_reply order product_items location reaction edit system context referral
"""

names = st.sampled_from(NAMES.split())
_texts = st.text(max_size=20)
_numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
junk = st.recursive(
    st.none() | st.booleans() | _numbers | _texts | st.sampled_from(ODD_VALUES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | _texts, inner, max_size=5),
    max_leaves=15,
)


def places(node: object, path: Path = ()) -> list[Path]:
    """The path to every value inside."""
    return list(walk(node, path))


def walk(node: object, path: Path = ()) -> Iterator[Path]:
    """The path to each value inside, one after the other."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (inner := (*path, key))
        if isinstance(value, dict | list):
            yield from walk(value, inner)


def replaced(document: Any, where: Path, what: object) -> Any:
    """A copy with `what` at this path. It shares with the document what is not on the path."""
    copied, (first, *rest) = copy.copy(document), where
    copied[first] = replaced(document[first], tuple(rest), what) if rest else what
    return copied


def without(document: Any, where: Path) -> Any:
    """A copy without this path. It shares with the document what is not on the path."""
    *outer, last = where
    holder = copy.copy(functools.reduce(operator.getitem, outer, document))
    del holder[last]
    return replaced(document, tuple(outer), holder) if outer else holder
