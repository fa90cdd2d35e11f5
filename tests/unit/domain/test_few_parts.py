"""Answers in few messages."""

import pytest

from domain.contents import MediaKind
from domain.few_parts import few, joined
from domain.parts import FilePart, MediaPart, ReactionPart, Said, TemplatePart, TextPart

NOTE = MediaPart(kind=MediaKind.VOICE, link="https://example.org/a.ogg")


def test_neighbouring_texts_are_one() -> None:
    """But for one that replies to something."""
    reply = TextPart(body="c", reply_to="wamid.1")

    assert joined([TextPart(body="a"), TextPart(body="b"), reply, NOTE, TextPart(body="d")]) == (
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
def test_what_is_beyond_is_said_in_words(part: Said, words: str) -> None:
    """As well as they say it."""
    *_, last = few([NOTE] * 9 + [part, part])

    assert last == TextPart(body=f"{words}\n\n{words}")


@pytest.mark.parametrize("part", [ReactionPart(message_id="m", emoji="👍"), TemplatePart(name="t", language="en")])
def test_what_has_no_words_is_left_out(part: Said) -> None:
    """A reaction in words would be a riddle."""
    assert few([NOTE] * 10 + [part]) == (*[NOTE] * 9, TextPart(body="https://example.org/a.ogg"))
    assert few([NOTE] * 9 + [part, part]) == tuple([NOTE] * 9)
