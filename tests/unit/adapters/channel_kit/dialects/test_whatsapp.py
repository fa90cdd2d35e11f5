"""Rich text in WhatsApp's formatting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.channel_kit.dialects.whatsapp import WhatsAppDialect
from adapters.channel_kit.markdown.reader import read_markdown
from domain.messages.rich_text import RichText, Span, Style

WHATSAPP = WhatsAppDialect()
PIECES = st.sampled_from(
    [
        "**",
        "*",
        "_",
        "~~",
        "`",
        "> ",
        "- ",
        "\n",
        "\n\n",
        "\n```\n",
        "https://a.example",
        "[l](https://a.example)",
        ", ",
    ]
)


def test_emphasis_that_touches_a_word_is_not_shown() -> None:
    """WhatsApp would show its marks."""
    assert WHATSAPP.write(RichText("unreal", (Span(2, 6, Style.BOLD),))) == "unreal"
    assert WHATSAPP.write(RichText("un-real", (Span(3, 7, Style.BOLD),))) == "un-*real*"


def test_emphasis_ends_with_the_line_and_before_an_address() -> None:
    """A mark would be part of the address."""
    text = "one\nsee https://a.example now"
    address = Span(8, 25, Style.LINK, "https://a.example")

    written = WHATSAPP.write(RichText(text, (Span(0, len(text), Style.BOLD), address)))

    assert written == "*one*\n*see* https://a.example *now*"


@pytest.mark.parametrize(("code", "written"), [("a", "`a`"), ("a`b", "```a`b```"), ("a`b```c", "a`b```c")])
def test_code_has_a_mark_that_it_does_not_hold(code: str, written: str) -> None:
    """Code that holds both stays text."""
    assert WHATSAPP.write(RichText(code, (Span(0, len(code), Style.CODE),))) == written


def test_a_fence_is_indented_as_its_code() -> None:
    """In an item of a list."""
    text = "- Run:\n  a\n  b"

    assert WHATSAPP.write(RichText(text, (Span(9, len(text), Style.CODE_BLOCK),))) == "- Run:\n  ```\n  a\n  b\n  ```"


@given(st.lists(PIECES | st.text("ab 字", max_size=4), max_size=40).map("".join))
def test_what_can_be_shown_stays_as_it_is(markdown: str) -> None:
    """The size of a part is measured before it is cut and written again."""
    once = WHATSAPP.showable(read_markdown(markdown))

    assert WHATSAPP.showable(once) == once
