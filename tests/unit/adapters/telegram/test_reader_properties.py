"""What holds for every update, whatever its fields hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.inbound import TelegramInbound
from application.ports.inbound_channel import InboundEvent
from domain.conversations.channel_events import Reachability
from domain.messages.inbound import InboundMessage, Unrecognised
from support.broken_payloads import ODD_VALUES, junk, places, replaced, without
from support.telegram import ANA, message, private_chat, sender, tap

INBOUND = TelegramInbound(channel="telegram", secret_tokens=("secret",))
PLACE = {"latitude": 1.5, "longitude": 2.5}
FILE = {"file_id": "f", "mime_type": "a/b", "file_name": "c", "file_size": 5}
CONTENTS: tuple[dict[str, Any], ...] = (
    {"text": "Hello", "reply_to_message": message(), "quote": {"text": "Hello"}, "forward_origin": {"type": "user"}},
    {"photo": [{"file_id": "f", "width": 5}], "caption": "Us"},
    *({name: FILE, "caption": "Us"} for name in ("video", "voice", "document")),
    {"sticker": {"file_id": "f", "emoji": "👍", "is_animated": True}},
    {"location": PLACE, "venue": {"location": PLACE, "title": "The shop", "address": "Main St 1"}},
    {"contact": {"phone_number": "+56955550100", "first_name": "Ana", "user_id": ANA}},
    {"poll": {"question": "Tea?"}},
)
REACTION = {"chat": private_chat(), "message_id": 7, "user": sender(), "date": 1_750_000_000}
UPDATES: tuple[dict[str, Any], ...] = (
    *({"update_id": 5, "message": message(**content)} for content in CONTENTS),
    {"update_id": 5, "edited_message": message(edit_date=1_750_000_000)},
    {"update_id": 5, "callback_query": tap("s", "Small")},
    {"update_id": 5, "message_reaction": REACTION | {"new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
    {"update_id": 5, "my_chat_member": {**REACTION, "from": sender(), "new_chat_member": {"status": "kicked"}}},
)
PLACES = [(update, where) for update in UPDATES for where in places(update)]


def read(update: object) -> InboundEvent:
    (event,) = INBOUND.parse(body=json.dumps(update).encode(), arrived_at=1_750_000_001).events
    return event


@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
def test_any_value_anywhere_is_read_or_an_event(odd: object) -> None:
    """No error, and every message has a text that can be stored."""
    for update, where in PLACES:
        event = read(replaced(update, where, odd))

        assert isinstance(event, InboundMessage | Reachability | Unrecognised), (where, odd)
        repr(event).encode()


def test_any_field_may_be_missing() -> None:
    """The message is there as long as its person and its id are."""
    for update, where in PLACES:
        event = read(without(update, where))

        assert isinstance(event, InboundMessage | Reachability | Unrecognised), where


@given(where=st.sampled_from(PLACES), what=junk)
def test_junk_anywhere_is_read_or_an_event(where: tuple[dict[str, Any], tuple[Any, ...]], what: object) -> None:
    assert read(replaced(*where, what))


@pytest.mark.parametrize("name", ["quote", "reply_to_message", "forward_origin"])
def test_a_broken_detail_does_not_lose_the_message(name: str) -> None:
    """Only its own words count."""
    event = read({"update_id": 5, "message": message(text="Hello", **{name: {"text": 5, "message_id": "x"}})})

    assert isinstance(event, InboundMessage)
