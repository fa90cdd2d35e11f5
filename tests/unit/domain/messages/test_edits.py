"""Messages that change one another."""

from attrs import evolve

from domain.messages.edits import apply_edits
from domain.messages.inbound import Content, Correction, InboundMessage, Media, Reaction, Retraction, Text
from domain.messages.shared_values import MediaKind
from support.messages import message


def message_with(message_id: str, content: Content) -> InboundMessage:
    return evolve(message(message_id=message_id), content=content)


def test_a_corrected_message_says_the_new_thing_in_its_place() -> None:
    """Nobody has read the old one yet."""
    messages = [
        message_with("m1", Text(body="four")),
        message_with("m2", Text(body="please")),
        message_with("m3", Correction(message_id="m1", body="five")),
    ]

    assert [(kept.id, kept.content) for kept in apply_edits(messages)] == [
        ("m1", Text(body="five")),
        ("m2", Text(body="please")),
    ]


def test_of_a_corrected_file_the_caption_changes() -> None:
    """The file is the same."""
    image = Media(kind=MediaKind.IMAGE, id="1", caption="old")

    (kept,) = apply_edits([message_with("m1", image), message_with("m2", Correction(message_id="m1", body="new"))])

    assert kept.content == evolve(image, caption="new")


def test_a_retracted_message_is_gone() -> None:
    """As if it had never been written."""
    assert apply_edits([message_with("m1", Text(body="oops")), message_with("m2", Retraction(message_id="m1"))]) == ()


def test_what_concerns_earlier_turns_stays() -> None:
    """It is news to whoever read the message then."""
    messages = [
        message_with("m2", Correction(message_id="m1", body="five")),
        message_with("m3", Retraction(message_id="m0")),
        message_with("m4", Reaction(message_id="m2", emoji="👍")),
    ]

    assert apply_edits(messages) == tuple(messages)
