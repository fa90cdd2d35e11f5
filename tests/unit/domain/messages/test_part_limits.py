"""The number of messages in a reply is limited."""

import pytest

from domain.messages.outbound import DraftPart, FilePart, MediaPart, ReactionPart, TemplatePart, TextPart
from domain.messages.part_limits import limit_parts, merge_texts
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import MediaKind

NOTE = MediaPart(kind=MediaKind.VOICE, link="https://example.org/a.ogg")


def test_neighbouring_texts_are_one() -> None:
    """Except a text that is a reply to a message."""
    reply = TextPart(body="c", reply_to="wamid.1")

    assert merge_texts([TextPart(body="a"), TextPart(body="b"), reply, NOTE, TextPart(body="d")]) == (
        TextPart(body="a\n\nb"),
        reply,
        NOTE,
        TextPart(body="d"),
    )


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (NOTE, "https://example.org/a.ogg"),
        (MediaPart(kind=MediaKind.IMAGE, link="https://example.org/a", caption="Ours"), "Ours\nhttps://example.org/a"),
        (
            FilePart(kind=MediaKind.IMAGE, content=b"1", mime_type="a/b", caption="Ours", filename="a.png"),
            "Ours\na.png",
        ),
    ],
    ids=["a link", "a caption", "a whole file"],
)
def test_parts_over_the_limit_become_text(part: DraftPart, words: str) -> None:
    """As far as text can replace them."""
    *_, last = limit_parts([NOTE] * 9 + [part, part])

    assert last == TextPart(body=Markdown(f"{words}\n\n{words}"))


@pytest.mark.parametrize("part", [ReactionPart(message_id="m", emoji="👍"), TemplatePart(name="t", language="en")])
def test_parts_without_a_text_are_left_out(part: DraftPart) -> None:
    """A reaction as text would be a riddle."""
    assert limit_parts([NOTE] * 10 + [part]) == (*[NOTE] * 9, TextPart(body=Markdown("https://example.org/a.ogg")))
    assert limit_parts([NOTE] * 9 + [part, part]) == tuple([NOTE] * 9)
