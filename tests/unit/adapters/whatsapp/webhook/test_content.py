"""The content of messages of every type."""

from typing import Any

import pytest

from domain.messages.inbound import (
    Content,
    Correction,
    InboundMessage,
    Media,
    Reaction,
    Retraction,
    Tap,
    Text,
    Unsupported,
)
from domain.messages.shared_values import Choice, MediaKind
from support.broken_payloads import NO_OBJECTS
from support.whatsapp_messages import (
    FILE_DIGEST,
    PERSON,
    button_reply,
    edit_message,
    every_message,
    file_message,
    message,
    reaction_message,
    revoke_message,
    text_message,
    unsupported_message,
)
from support.whatsapp_parsing import content_of, only_unrecognised, parse
from support.whatsapp_webhooks import webhook


def test_a_batch_with_each_type_at_once_loses_nothing() -> None:
    """There is one message for each item, in the same order."""
    written = every_message()

    read = parse(webhook(*written))

    assert [(type(event), event.id) for event in read if isinstance(event, InboundMessage)] == [
        (InboundMessage, one["id"]) for one in written
    ]
    assert len(read) == len(written)


def test_words() -> None:
    """As they were written, with blank lines."""
    assert content_of(text_message(" Hola\n\n¿qué tal? ")) == Text(body=" Hola\n\n¿qué tal? ")


@pytest.mark.parametrize("body", [*NO_OBJECTS, {"body": 5}, {"body": None}])
def test_a_text_without_words_is_unsupported(body: object) -> None:
    """The person is told that we could not read the message."""
    assert content_of(message("text", body)) == Unsupported(kind="text")


@pytest.mark.parametrize("emoji", ["👍", "👩‍👩‍👧", "?"])
def test_a_reaction(emoji: str) -> None:
    """It names the message that it is about."""
    assert content_of(reaction_message(emoji, to="wamid.0")) == Reaction(message_id="wamid.0", emoji=emoji)


@pytest.mark.parametrize("emoji", ["", None])
def test_a_reaction_that_was_taken_back(emoji: str | None) -> None:
    """Meta sends an empty emoji, or none."""
    assert content_of(reaction_message(emoji, to="wamid.0")) == Reaction(message_id="wamid.0")


@pytest.mark.parametrize("kind", ["poll_creation", "gif", "group_invite"])
def test_an_unsupported_message_says_what_it_was(kind: str) -> None:
    """A poll, for example."""
    assert content_of(unsupported_message(kind)) == Unsupported(kind="unsupported", detail=kind)


def test_an_unsupported_message_without_a_finer_kind_gives_the_reason() -> None:
    """The first message after an advertisement may come like this."""
    assert content_of(unsupported_message(None, code=131060)) == Unsupported(
        kind="unsupported", detail="131060 Message type unknown: It is not supported."
    )


@pytest.mark.parametrize("kind", ["media_placeholder", "hologram", "x" * 256])
def test_a_type_we_do_not_know_is_unsupported(kind: str) -> None:
    """It has Meta's type name, and the person still gets an answer."""
    assert content_of(message(kind, {"depth": 3})) == Unsupported(kind=kind)


@pytest.mark.parametrize("kind", ["edit", "revoke", "pin"])
def test_an_unsupported_message_that_touches_another_is_only_shown(kind: str) -> None:
    """A person who corrects a typo gets no apology. Meta does not say which message it is about."""
    unread = only_unrecognised(webhook(unsupported_message(kind, wamid="wamid.7")))

    assert unread.kind == f"message:{kind}"
    assert "wamid.7" in unread.detail
    assert PERSON in unread.detail


@pytest.mark.parametrize("kind", [None, 5, "hologram", "from"])
def test_a_message_is_read_by_its_body(kind: object) -> None:
    """If its type is missing or unknown."""
    typed = [one for one in every_message() if one["type"] in one and one["type"] != "hologram"]

    assert [content_of({**one, "type": kind}) for one in typed] == [content_of(one) for one in typed]


def test_edited_words() -> None:
    """With the id of the earlier message."""
    assert content_of(edit_message("Tomorrow", to="wamid.0")) == Correction(message_id="wamid.0", body="Tomorrow")


@pytest.mark.parametrize(("file", "caption"), [({"caption": "New"}, "New"), ({}, ""), ({"caption": 5}, "")])
def test_an_edited_caption(file: dict[str, Any], caption: str) -> None:
    """The edit may remove the caption."""
    edit = {"original_message_id": "wamid.0", "message": {"type": "image", "image": {"id": "1", **file}}}

    assert content_of(message("edit", edit)) == Correction(message_id="wamid.0", body=caption)


def test_a_message_that_was_taken_back() -> None:
    """With the id of the message."""
    assert content_of(revoke_message("wamid.0")) == Retraction(message_id="wamid.0")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        *((kind, body) for kind in ("reaction", "edit", "revoke") for body in NO_OBJECTS),
        ("reaction", {"emoji": "👍"}),
        ("reaction", {"emoji": 5, "message_id": "wamid.0"}),
        ("revoke", {"original_message_id": 5}),
        ("edit", {"message": {"type": "text", "text": {"body": "Tomorrow"}}}),
        ("edit", {"original_message_id": "wamid.0"}),
        ("edit", {"original_message_id": "wamid.0", "message": {"type": "text", "text": {}}}),
        ("edit", {"original_message_id": "wamid.0", "message": {"type": "edit", "edit": {}}}),
    ],
)
def test_an_annotation_without_a_message_is_only_shown(kind: str, body: object) -> None:
    """Nobody expects an answer to it."""
    assert only_unrecognised(webhook(message(kind, body))).kind == "message:malformed"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (text_message("MARK"), Text(body="cut ? here")),
        (
            file_message(file={"id": "MARK"}),
            Media(kind=MediaKind.IMAGE, id="cut ? here", mime_type="image/jpeg", digest=FILE_DIGEST),
        ),
        (button_reply("MARK"), Tap(choice=Choice(id="yes", title="cut ? here"))),
        (reaction_message("MARK", to="wamid.0"), Reaction(message_id="wamid.0", emoji="cut ? here")),
    ],
)
def test_half_an_emoji_is_replaced(written: dict[str, Any], read: Content) -> None:
    """It cannot be stored. The rest of the text can."""
    body = webhook(written).replace(b"MARK", rb"cut \ud83d here")

    (found,) = parse(body)

    assert isinstance(found, InboundMessage)
    assert found.content == read
