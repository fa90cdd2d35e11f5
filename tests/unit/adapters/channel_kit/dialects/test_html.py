"""Rich text as HTML."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.channel_kit.dialects.html import TAGS, HtmlDialect
from adapters.channel_kit.markdown.reader import read_markdown
from domain.messages.rich_text import RichText, Span, Style

HTML = HtmlDialect()
PIECES = st.sampled_from(
    ["**", "*", "_", "~~", "`", "> ", "- ", "\n", "\n\n", "\n```\n", "[l](https://a.example)", "<b>", "</b>", "<", "&"]
)


class Reader(HTMLParser):
    """Reads tags, and raises when they are not nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.opened, self.nestings = "", list[str](), set[tuple[str, ...]]()
        self.feed(html)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS.values()
        assert [name for name, _ in attrs] == ["href"] * (tag == "a")
        self.opened.append(tag)
        self.nestings.add(tuple(self.opened))

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**bold** and *italic*", "<b>bold</b> and <i>italic</i>"),
        ("***both***", "<b><i>both</i></b>"),
        ("un**real**", "un<b>real</b>"),
        ("~~gone~~ `a < b`", "<s>gone</s> <code>a &lt; b</code>"),
        ("# Title", "<b>Title</b>"),
        ("```python\nx = 1\n```", "<pre>x = 1</pre>"),
        ("> one\n> two", "<blockquote>one\ntwo</blockquote>"),
        ("[here](https://a.example/?a=1&b=2)", '<a href="https://a.example/?a=1&amp;b=2">here</a>'),
        ("**see [this](https://a.example) now**", '<b>see </b><a href="https://a.example"><b>this</b></a><b> now</b>'),
        ("https://a.example", '<a href="https://a.example">https://a.example</a>'),
        ("[here](ftp://a.example)", "here (ftp://a.example)"),
        ("**bold `code` bold**", "<b>bold </b><code>code</code><b> bold</b>"),
        ("- one\n- two", "- one\n- two"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_text_is_written_with_tags(markdown: str, html: str) -> None:
    """Nothing of what people write becomes a tag."""
    assert HTML.write(read_markdown(markdown)) == html


def test_spans_that_overlap_are_nested() -> None:
    """A tag that ends first is closed first."""
    rich = RichText("abc", (Span(0, 2, Style.ITALIC), Span(1, 3, Style.BOLD)))

    assert HTML.write(rich) == "<i>a</i><b><i>b</i>c</b>"


@given(st.lists(PIECES | st.text("ab <&\n", max_size=4), max_size=40).map("".join))
def test_any_text_is_valid(markdown: str) -> None:
    """All of it is there, but for the addresses of links. Code holds no other tag."""
    rich = read_markdown(markdown)

    read = Reader(HTML.write(rich))

    assert read.text == rich.text.replace(" (https://a.example)", "")
    assert all(nesting[-1] not in {"code", "pre"} or set(nesting[:-1]) <= {"blockquote"} for nesting in read.nestings)
