"""A language model's Markdown as WhatsApp shows it."""

import pytest

from support.whatsapp_texts import to_whatsapp


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**bold**", "*bold*"),
        ("__bold__", "*bold*"),
        ("*italic*", "_italic_"),
        ("_italic_", "_italic_"),
        ("***both***", "*_both_*"),
        ("~~gone~~", "~gone~"),
        ("**bold *and italic***", "*bold _and italic_*"),
        ("*italic **and bold***", "_italic_ *_and bold_*"),
        ("**bold** and *italic*.", "*bold* and _italic_."),
        ("**a** **b**", "*a* *b*"),
        ("**bold **bold** bold**", "*bold bold bold*"),
        ("(**bold**)", "(*bold*)"),
        ("**bold**: more", "*bold*: more"),
    ],
)
def test_emphasis(markdown: str, shown: str) -> None:
    """In WhatsApp's own marks, each kind once."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**&nbsp;bold&nbsp;**", "\N{NO-BREAK SPACE}*bold*\N{NO-BREAK SPACE}"),
        ("**one\ntwo**", "*one*\n*two*"),
        ("*one  \ntwo*", "_one_\n_two_"),
    ],
)
def test_marks_touch_their_words_and_end_with_the_line(markdown: str, shown: str) -> None:
    """Otherwise WhatsApp would show them as characters."""
    assert to_whatsapp(f"a\n\n{markdown}\n\nb") == f"a\n\n{shown}\n\nb"


@pytest.mark.parametrize(
    "text",
    [
        "Hello there",
        "one\ntwo",
        "one\n\ntwo",
        "one\n\n\ntwo",
        "5 * 3 * 2 = 30",
        "2*3*4",
        "5*3 and 2*4",
        "snake_case_name",
        "~/notes and ~5 minutes",
        "a < b > c & d",
        "50% off, $5 #1 @ana",
        "** not bold **",
        "[not a link] (nor this)",
        "[note]: hello",
        "C:\\path\\to",
        "¿Qué tal? 👩‍👩‍👧 你好。",
        "3.5 and 1999. Then more",
        "- one\n- two",
        "1. one\n2. two",
        "7. seven\n8. eight",
        "> quoted",
        "`code`",
    ],
)
def test_text_that_whatsapp_shows_as_written_stays(text: str) -> None:
    """Characters that only look like marks are left alone."""
    assert to_whatsapp(text) == text


@pytest.mark.parametrize(
    "heading", ["# Title", "###### Title", "# Title #", "Title\n=====", "# **Title**", "# __Title__"]
)
def test_headings_are_bold(heading: str) -> None:
    """Bold once, at every level."""
    assert to_whatsapp(f"{heading}\n\nText") == "*Title*\n\nText"


def test_a_heading_keeps_its_code_and_italics() -> None:
    """Code inside is not bold."""
    assert to_whatsapp("## The `run` *command*") == "*The* `run` *_command_*"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("`code`", "`code`"),
        ("`` a`b ``", "```a`b```"),
        ("**`code`**", "`code`"),
        ("`**x**`", "`**x**`"),
        ("```python\nx = 1\n```", "```\nx = 1\n```"),
        ("~~~\nx\n\n  y\n~~~", "```\nx\n\n  y\n```"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("a\n```\n```\nb", "a\nb"),
        ("```\n**not bold** # nor heading\n```", "```\n**not bold** # nor heading\n```"),
        ("> ```\n> x\n> ```", "```\nx\n```"),
        ("1. Run\n   ```sh\n   ls\n   ```", "1. Run\n   ```\n   ls\n   ```"),
        ("- ```\n  ls\n  ```", "-\n  ```\n  ls\n  ```"),
    ],
)
def test_code(markdown: str, shown: str) -> None:
    """Monospaced, word for word."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("* one\n* two", "- one\n- two"),
        ("+ one\n\n+ two", "- one\n\n- two"),
        ("1. one\n1. two", "1. one\n2. two"),
        ("- one\n  - two\n    - three", "- one\n  - two\n    - three"),
        ("1. one\n   - two\n2. three", "1. one\n   - two\n2. three"),
        ("- one\n  more", "- one\n  more"),
        ("- one\n\n  more", "- one\n\n  more"),
        ("Intro:\n- one\n\nOutro", "Intro:\n- one\n\nOutro"),
        ("- [ ] open\n- [x] done", "- [ ] open\n- [x] done"),
        ("- **one**: more", "- *one*: more"),
        ("-\n- two", "-\n- two"),
        ("    - indented like code", "- indented like code"),
        ("+ 54 9 11 5555 1234", "+ 54 9 11 5555 1234"),
        ("Call:\n+ 54 9 11 5555 1234", "Call:\n+ 54 9 11 5555 1234"),
    ],
)
def test_lists(markdown: str, shown: str) -> None:
    """One below the other, inner ones indented."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("> one\n> two", "> one\n> two"),
        ("> one\ntwo", "> one\n> two"),
        ("> > deep", "> deep"),
        ("> - one", "> - one"),
        ("> **bold**", "> *bold*"),
        ("one\n\n***\n\ntwo", "one\n\n———\n\ntwo"),
    ],
)
def test_quotes_and_rules(markdown: str, shown: str) -> None:
    """A quote in a quote is one quote."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[text](https://a.example)", "text (https://a.example)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("<https://a.example/x_y_z>", "https://a.example/x_y_z"),
        ("<ana@a.example>", "ana@a.example"),
        ("[ana@a.example](mailto:ana@a.example)", "ana@a.example"),
        ("https://a.example/x_y_z?a=*b*", "https://a.example/x_y_z?a=*b*"),
        ("**https://a.example/x**", "https://a.example/x"),
        ("_see https://a.example/_x_y, there_", "_see_ https://a.example/_x_y, _there_"),
        ("**see (https://a.example)**", "*see* (https://a.example)"),
        ("(https://a.example/a_(b)_c)", "(https://a.example/a_(b)_c)"),
        ("xhttps://a.example *b*", "xhttps://a.example _b_"),
        ("[see https://a.example](https://b.example)", "see https://a.example (https://b.example)"),
        ("**[text](https://a.example)**", "*text* (https://a.example)"),
        ("[**text**](https://a.example)", "*text* (https://a.example)"),
        ("[](https://a.example)", "https://a.example"),
        ("[text]()", "text"),
        ('[text](https://a.example "title")', "text (https://a.example)"),
        ("![alt](https://a.example/i.png)", "alt (https://a.example/i.png)"),
        ("![](https://a.example/i.png)", "https://a.example/i.png"),
        ("[![alt](https://i.example)](https://a.example)", "alt (https://i.example) (https://a.example)"),
        ("[text][1]\n\n[1]: https://a.example", "[text][1]\n\n[1]: https://a.example"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ],
)
def test_links_and_images(markdown: str, shown: str) -> None:
    """The address comes after the text, and no mark touches it."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("&copy; &amp; &lt;b&gt; &#42;", "© & <b> *"),
        ("\\*not italic\\*", "*not italic*"),
        ("one  \ntwo", "one\ntwo"),
        ("one\\\ntwo", "one\ntwo"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\n\n  one\n\n", "one"),
    ],
)
def test_characters_and_line_breaks(markdown: str, shown: str) -> None:
    """Entities and escapes become characters."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize("only_marks", ["#", "-", "***", "```\n```", "![]()", "> ", "**"])
def test_a_text_of_marks_only_is_not_empty(only_marks: str) -> None:
    """An answer of such marks is not blank."""
    assert to_whatsapp(only_marks).strip()


@pytest.mark.parametrize("marks", ["> " * 50, "- " * 50, "> - " * 30, "1. " * 40])
def test_deep_nesting_stays_as_it_was_written(marks: str) -> None:
    """The parser stops at some depth, and no words may be lost there."""
    assert to_whatsapp(f"{marks}word") == f"{marks}word".strip()


def test_the_words_of_an_empty_fence_are_shown() -> None:
    """They are where the name of the language belongs."""
    assert "hello" in to_whatsapp("~~~~ hello ")
