"""Edits and deletions of messages in the same turn."""

from attrs import evolve

from domain.messages.edits import apply_edits
from domain.messages.inbound import Content, Correction, InboundMessage, Media, Reaction, Retraction, Text
from domain.messages.shared_values import MediaKind
from support.messages import message


def message_with(message_id: str, content: Content) -> InboundMessage:
    return evolve(message(message_id=message_id), content=content)


def test_an_edited_message_has_the_new_text_in_the_same_place() -> None:
    """Nobody has read the old text yet."""
    messages = [
        message_with("m1", Text(body="four")),
        message_with("m2", Text(body="please")),
        message_with("m3", Correction(message_id="m1", body="five")),
    ]

    assert [(kept.id, kept.content) for kept in apply_edits(messages)] == [
        ("m1", Text(body="five")),
        ("m2", Text(body="please")),
    ]


def test_an_edit_of_a_file_changes_the_caption() -> None:
    """The file stays."""
    image = Media(kind=MediaKind.IMAGE, id="1", caption="old")

    (kept,) = apply_edits([message_with("m1", image), message_with("m2", Correction(message_id="m1", body="new"))])

    assert kept.content == evolve(image, caption="new")


def test_a_deleted_message_is_gone() -> None:
    """As if it had never been written."""
    assert apply_edits([message_with("m1", Text(body="oops")), message_with("m2", Retraction(message_id="m1"))]) == ()


def test_edits_of_earlier_turns_stay() -> None:
    """The agent has read the old text, so it must read the edit."""
    messages = [
        message_with("m2", Correction(message_id="m1", body="five")),
        message_with("m3", Retraction(message_id="m0")),
        message_with("m4", Reaction(message_id="m2", emoji="👍")),
    ]

    assert apply_edits(messages) == tuple(messages)
