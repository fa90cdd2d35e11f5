"""For any text of a language model, all words are shown, and quickly."""

import re
import time
from string import ascii_lowercase

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.channel_kit.markdown.reader import MAX_FORMATTED, PLAIN, read_markdown, read_marks
from support.whatsapp_texts import to_whatsapp

FENCE = re.compile(r"```|~~~")
words = st.text(ascii_lowercase, min_size=1, max_size=8)
punctuation = st.sampled_from(
    [
        "**",
        "*",
        "_",
        "~~",
        "`",
        "# ",
        "> ",
        "- ",
        "1. ",
        "|",
        "[",
        "](",
        ")",
        "![",
        "\n",
        "\n\n",
        " ",
        "  \n",
        "\\",
        "\n|-|-|\n",
    ]
)


@given(markdown=st.text() | st.lists(words | punctuation).map("".join))
def test_any_text_is_formatted(markdown: str) -> None:
    """It raises no error, and the result is not blank."""
    assert bool(to_whatsapp(markdown).strip()) == bool(markdown.strip())


@given(pieces=st.lists(words.map(lambda word: f" {word} ") | punctuation))
def test_no_word_is_lost(pieces: list[str]) -> None:
    """With any marks around and between them. What stands beside a code fence is the language of the code."""
    markdown = "".join(pieces)
    assume(not FENCE.search(markdown))

    shown = to_whatsapp(markdown)

    assert {piece.strip() for piece in pieces if piece.strip().isalpha()} <= set(
        "".join(character if character.isalpha() else " " for character in shown).split()
    )


@given(lines=st.lists(st.text(f"{ascii_lowercase} ", min_size=1).map(lambda line: " ".join(line.split())), min_size=1))
def test_plain_words_stay_as_they_are(lines: list[str]) -> None:
    """Also when they are formatted twice."""
    text = "\n".join(filter(len, lines))

    assert to_whatsapp(text) == text


# What has a meaning at the beginning of a line only, or beside other marks.
harmless = st.sampled_from([*"-+#=!()\"'{}^%@:/", "---", "===", "1.", "1)", "://", "é", "\N{ZERO WIDTH SPACE}"])
pieces = words | harmless | st.sampled_from([" ", "\n"])
no_marks = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters=r"\`*_[]<>&$~|", include_characters=" \n"
)
plain_texts = st.text(no_marks, min_size=1) | st.tuples(words, st.lists(pieces).map("".join)).map("".join)


def is_plain(text: str) -> bool:
    """For the pattern itself Hypothesis would draw a text letter by letter, which takes seconds."""
    return PLAIN.fullmatch(text) is not None


@given(text=plain_texts.filter(is_plain))
@settings(max_examples=300)
def test_a_text_without_marks_is_read_as_the_parser_reads_it(text: str) -> None:
    """It is not parsed."""
    assert read_markdown(text) == read_marks(text)


PATHOLOGICAL = r"""
    [ > ` * _ ( < ![ []( [a]( **a a*_ | ~~ & \ [a](< `` >\n - * ** ~~~ ``` *a**b_ ![a](b |-|\n https:// http://a_* a\n\n
""".split()  # noqa: SIM905 - a list of marks in quotation marks cannot be read


@pytest.mark.parametrize("pattern", [pattern.replace("\\n", "\n") for pattern in PATHOLOGICAL], ids=repr)
def test_as_many_odd_characters_as_are_formatted_are_quick(pattern: str) -> None:
    """No pattern makes the parser explode."""
    text = pattern * (MAX_FORMATTED // len(pattern))
    started = time.process_time()

    to_whatsapp(text)

    assert time.process_time() - started < 8
