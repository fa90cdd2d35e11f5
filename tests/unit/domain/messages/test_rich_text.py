"""Text and how it looks."""

import pytest

from domain.messages.outbound import TextPart
from domain.messages.rich_text import Markdown, RichText, Span, Style

HELLO = RichText("Hello there", (Span(0, 5, Style.BOLD), Span(6, 11, Style.ITALIC)))


def test_a_plain_text_is_rich_text_without_spans() -> None:
    """A part takes both."""
    assert TextPart(body="Hello") == TextPart(body=RichText("Hello"))


@pytest.mark.parametrize(
    ("start", "end", "cut"),
    [
        (0, 11, HELLO),
        (3, 8, RichText("lo th", (Span(0, 2, Style.BOLD), Span(3, 5, Style.ITALIC)))),
        (5, 6, RichText(" ")),
        (6, 11, RichText("there", (Span(0, 5, Style.ITALIC),))),
    ],
)
def test_a_cut_keeps_what_is_there_of_the_spans(start: int, end: int, cut: RichText) -> None:
    """Spans outside of it are left out."""
    assert HELLO.cut(start, end) == cut


def test_joined_texts_keep_their_spans() -> None:
    """Empty texts are left out, with their separators."""
    joined = RichText.join(", ", (RichText(), HELLO, "", "Ana", RichText("ok", (Span(0, 2, Style.CODE),))))

    assert joined.text == "Hello there, Ana, ok"
    assert joined.spans == (*HELLO.spans, Span(18, 20, Style.CODE))


def test_what_is_joined_with_markdown_is_markdown() -> None:
    """Its marks must still be read."""
    assert RichText.join("\n", (Markdown("**a**"), "b")) == Markdown("**a**\nb")


def test_markdown_is_no_rich_text_of_the_same_letters() -> None:
    """One is rendered, the other is not."""
    assert Markdown("a") != RichText("a")
    assert Markdown.of("") == RichText()
