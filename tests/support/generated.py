"""Generated values of the domain's types, made from the types of their fields."""

import enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import attrs
from hypothesis import strategies as st

from domain.messages.outbound import MediaPart
from domain.messages.rich_text import RichText, Span, Style

names = st.text(min_size=1, max_size=20)


def _rich_text(text: str, styles: list[Style], start: int) -> RichText:
    """A text with spans to its end."""
    start = min(start, len(text) - 1)
    addresses = {Style.LINK: "https://a.example"}
    return RichText(text, tuple(Span(start, len(text), style, addresses.get(style, "")) for style in styles))


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: names,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(-90, 90),
    bool: st.booleans(),
    NoneType: st.none(),
    RichText: st.builds(_rich_text, names, st.lists(st.sampled_from(Style), max_size=3), st.integers(0, 19)),
}


def made_up(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type. For a class of ours, with and without its optional fields."""
    if kind in PLAIN:
        return PLAIN[kind]
    if get_origin(kind) is UnionType:
        return st.one_of(*map(made_up, get_args(kind)))
    if get_origin(kind) is tuple:
        return _tuples(*get_args(kind))
    if issubclass(kind, enum.Enum):
        return st.sampled_from(kind)
    fields = attrs.fields(attrs.resolve_types(kind))
    if kind is MediaPart:  # needs one of two
        return st.one_of(*(st.builds(kind, **_given(fields, required=name)) for name in ("link", "id")))
    return st.builds(kind, **_given(fields))


def _tuples(first: Any, *more: Any) -> st.SearchStrategy[Any]:
    if more == (Ellipsis,):
        return st.lists(made_up(first), min_size=1, max_size=3).map(tuple)
    return st.tuples(*map(made_up, (first, *more)))


def _given(fields: Any, *, required: str = "") -> dict[str, st.SearchStrategy[Any]]:
    given = {}
    for field in fields:
        value = made_up(field.type)
        optional = field.default is not attrs.NOTHING and field.name != required
        given[field.alias] = st.just(field.default) | value if optional else value
    return given
