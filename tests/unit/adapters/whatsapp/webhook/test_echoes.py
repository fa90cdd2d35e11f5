"""Messages that people of the business wrote in the app."""

from typing import Any

import pytest

from domain.conversations.channel_events import HumanReply
from domain.messages.inbound import Unrecognised
from domain.people.person import Person
from support.whatsapp_messages import (
    NOW,
    PERSON,
    edit_message,
    every_message,
    file_message,
    location_message,
    reaction_message,
    revoke_message,
    text_message,
    unsupported_message,
)
from support.whatsapp_parsing import OTHER_NUMBER, only, only_unrecognised, parse
from support.whatsapp_webhooks import PARENT_ID, USER_ID, contact, echo, webhook


def echoed(*echoes: object, **more: Any) -> bytes:
    return webhook(field="smb_message_echoes", message_echoes=list(echoes), **more)


def test_an_echo() -> None:
    """Every field of it."""
    body = echoed(echo("I take over", to_user_id=USER_ID, to_parent_user_id=PARENT_ID), contacts=[contact("Ana")])

    assert only(body, HumanReply) == HumanReply(
        channel="whatsapp",
        to=Person(phone=PERSON, user_id=USER_ID, parent_id=PARENT_ID, name="Ana"),
        message_id="wamid.echo.1",
        body="I take over",
        at=float(NOW),
    )


def test_an_echo_to_somebody_without_a_number() -> None:
    """The person has a user id only."""
    found = only(echoed(echo(to=None, to_user_id=USER_ID)), HumanReply)

    assert found.to == Person(user_id=USER_ID)


@pytest.mark.parametrize(
    ("written", "body"),
    [
        (file_message("document", file={"filename": "offer.pdf"}), "[sent a document offer.pdf]"),
        (file_message(file={"caption": "This one"}), "[sent an image]\nThis one"),
        (location_message(place={"name": "Harbour"}), "[sent a location: Harbour (12.250000, 43.500000)]"),
        (reaction_message("👍"), "reacted with 👍 to an earlier message"),
        (edit_message("Tomorrow"), "changed an earlier message to: Tomorrow"),
        (revoke_message(), "took back an earlier message"),
        (text_message(" "), "[text]"),
        ({"type": "reaction", "reaction": None}, "reaction"),
    ],
)
def test_a_message_without_text_is_described(written: dict[str, Any], body: str) -> None:
    """What counts is that a human wrote."""
    found = only(echoed({**echo(), **written, "id": "wamid.echo.1"}), HumanReply)

    assert found.body == body


@pytest.mark.parametrize("written", [reaction_message("👍"), edit_message("Tomorrow"), revoke_message()])
def test_an_annotation_is_not_an_answer(written: dict[str, Any]) -> None:
    """Every other message is an answer."""
    assert not only(echoed({**echo(), **written, "id": "wamid.echo.1"}), HumanReply).answers
    assert only(echoed(echo()), HumanReply).answers


@pytest.mark.parametrize("kind", ["edit", "revoke"])
def test_an_unsupported_annotation_is_no_answer(kind: str) -> None:
    """As an answer, it would silence the agent for hours."""
    assert not only(echoed({**echo(), **unsupported_message(kind), "id": "wamid.echo.1"}), HumanReply).answers


@pytest.mark.parametrize("kind", [None, 5])
def test_an_echo_is_read_by_its_body(kind: object) -> None:
    """If its type is missing."""
    assert only(echoed({**echo("I take over"), "type": kind}), HumanReply).body == "I take over"


def test_an_echo_of_every_type_is_read() -> None:
    """None is lost, and none is a message to us."""
    echoes = [{**echo(), **written} for written in every_message()]

    read = parse(echoed(*echoes))

    assert [event.message_id for event in read if isinstance(event, HumanReply)] == [one["id"] for one in echoes]
    assert all(event.body for event in read if isinstance(event, HumanReply))


@pytest.mark.parametrize(
    "junk",
    [
        None,
        5,
        {},
        {**echo(), "to": None},
        {**echo(), "to": USER_ID},
        {**echo(), "timestamp": "soon"},
        {**echo(), "id": ""},
    ],
)
def test_a_malformed_echo_stops_none_of_the_others(junk: object) -> None:
    """It becomes an event."""
    first, unread, last = parse(echoed(echo(), junk, echo()))

    assert isinstance(first, HumanReply)
    assert isinstance(last, HumanReply)
    assert isinstance(unread, Unrecognised)
    assert unread.kind == "echo:malformed"


def test_an_echo_belongs_to_its_number() -> None:
    """It silences only the agent of that number."""
    assert only(echoed(echo(), number=OTHER_NUMBER), HumanReply).channel == "whatsapp-sales"


def test_an_echo_of_an_unknown_number_is_not_ours() -> None:
    """It becomes an event."""
    assert only_unrecognised(echoed(echo(), number="42")).kind == "number:unknown"


def test_an_echo_without_a_number_belongs_to_the_channel_of_the_address() -> None:
    """The channel of the webhook address."""
    assert only(echoed(echo(), metadata=None), HumanReply).channel == "whatsapp"
