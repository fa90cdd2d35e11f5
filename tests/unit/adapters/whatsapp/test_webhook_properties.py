"""What holds for every webhook."""

import functools
import json
import operator
from typing import Any

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.inbound import WhatsAppInbound
from domain.delivery import StatusUpdate
from domain.messages import InboundMessage, Unrecognised
from support.whatsapp_payloads import NUMBER, change, contact, entry, message, status, text_message

type Path = tuple[Any, ...]

HALF_AN_EMOJI = "\ud83d"
ODD_VALUES = [None, True, 5, -1, 1e300, 10**30, "", " ", HALF_AN_EMOJI, "x" * 10_000, [], [[]], {}, {"": ""}]
NAMES = """
    object entry changes field value metadata messages statuses contacts errors
    id from from_user_id timestamp type text body status code title profile
"""
INBOUND = WhatsAppInbound(numbers={NUMBER: "whatsapp"}, channel="whatsapp", verify_token="t")

texts = st.text(max_size=20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
names = st.sampled_from(NAMES.split())
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | texts, inner, max_size=5),
    max_leaves=15,
)


def dump(document: object) -> bytes:
    return json.dumps(document).encode()


def sample() -> dict[str, Any]:
    """A rich, valid webhook."""
    messages = [
        text_message("Hello", wamid="m.1"),
        message("image", {"id": "media.1", "mime_type": "image/jpeg"}, wamid="m.2"),
        message("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}, wamid="m.3"),
    ]
    errors = [{"code": 131047, "title": "t", "error_data": {"details": "d"}}]
    first = change(messages=messages, contacts=[contact("Ana")], statuses=[status("failed", errors=errors)])
    return {"object": "whatsapp_business_account", "entry": [entry(first, {"field": "flows", "value": {}})]}


def places(node: object, path: Path = ()) -> list[Path]:
    """The way to every value inside."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in inner for found in [(*path, key), *places(value, (*path, key))]]


def reach(where: Path) -> tuple[Any, Any, Any]:
    """A fresh sample, the object or list inside it that holds the field, and the field's key in it."""
    document: Any = sample()
    *way, key = where
    return document, functools.reduce(operator.getitem, way, document), key


def is_sound(event: Any) -> bool:
    """One of the three kinds, with texts that can be stored."""
    json.dumps(asdict(event), ensure_ascii=False).encode()
    match event:
        case InboundMessage():
            return bool(event.id and event.conversation.user) and event.sent_at >= 0
        case StatusUpdate():
            return bool(event.message_id)
        case _:
            return isinstance(event, Unrecognised) and bool(event.kind)


@given(document=st.dictionaries(names, junk))
def test_any_object_is_read(document: dict[str, object]) -> None:
    """Nothing but events comes out, and no error."""
    document["object"] = "whatsapp_business_account"

    assert all(map(is_sound, INBOUND.parse(body=dump(document), arrived_at=0)))


@pytest.mark.parametrize("what", ODD_VALUES, ids=repr)
def test_a_webhook_with_any_field_replaced_by_an_odd_value_is_read(what: object) -> None:
    """Every field in turn."""
    for where in places(sample()):
        document, node, key = reach(where)
        node[key] = what

        assert all(map(is_sound, INBOUND.parse(body=dump(document), arrived_at=0)))


@given(where=st.sampled_from(places(sample())), what=junk)
def test_a_webhook_with_one_field_replaced_is_read(where: Path, what: object) -> None:
    """Wherever the field is, and whatever it holds now."""
    document, node, key = reach(where)
    node[key] = what

    assert all(map(is_sound, INBOUND.parse(body=dump(document), arrived_at=0)))


def test_a_webhook_with_any_field_missing_is_read() -> None:
    """Every field in turn."""
    for where in places(sample()):
        document, node, key = reach(where)
        del node[key]

        assert all(map(is_sound, INBOUND.parse(body=dump(document), arrived_at=0)))


@given(
    neighbours=st.tuples(*[st.lists(junk, max_size=3)] * 3),
    contacts=junk,
    statuses=junk,
    position=st.integers(min_value=0, max_value=3),
)
def test_a_well_formed_message_is_never_lost(
    neighbours: tuple[list[object], list[object], list[object]], contacts: object, statuses: object, position: int
) -> None:
    """Whatever else is in the batch, at every level."""
    messages, changes, entries = neighbours
    messages.insert(position, text_message("Hello", wamid="wamid.ours"))
    changes.insert(position, change(messages=messages, contacts=contacts, statuses=statuses))
    entries.insert(position, entry(*changes))
    body = dump({"object": "whatsapp_business_account", "entry": entries})

    events = INBOUND.parse(body=body, arrived_at=0)

    ours = [event for event in events if isinstance(event, InboundMessage) and event.id == "wamid.ours"]
    assert len(ours) == 1
    assert all(map(is_sound, events))
