"""Cutting a long text into parts."""

import itertools
import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from adapters.channel_kit.markdown.reader import read_fences
from support.whatsapp_texts import MAX_TEXT, split, to_whatsapp, utf16_length

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
SENTENCE = "The quick brown fox jumps over the lazy dog again. "


def letters(text: str) -> str:
    """The text without white space and without added fences: it must not be lost."""
    return "".join(text.replace("```", "").split())


def test_a_short_text_is_one_part() -> None:
    """Exactly as it is, up to the limit."""
    assert split("x" * MAX_TEXT) == ("x" * MAX_TEXT,)


def test_blank_text_has_no_parts() -> None:
    """There is nothing to send."""
    assert split(" \n\n ") == ()


@pytest.mark.parametrize("paragraph", [200, 900, 20_000])
def test_twenty_thousand_characters_are_five_or_six_parts(paragraph: int) -> None:
    """Each part costs, and takes time to arrive."""
    paragraphs = "\n\n".join(
        (SENTENCE * 400)[start : start + paragraph].strip() for start in range(0, 20_000, paragraph)
    )

    assert len(split(paragraphs[:20_000])) in {5, 6}


def test_prefers_the_end_of_a_paragraph() -> None:
    """If one is near the end of the part."""
    assert split(f"{'a' * 40}\n\n{'b' * 5}\n{'c' * 20}", limit=48) == (f"{'a' * 40}", f"{'b' * 5}\n{'c' * 20}")


def test_prefers_the_end_of_a_line_to_that_of_a_sentence() -> None:
    """The next best place."""
    assert split(f"{'a' * 40}\nB. c dddddddddd", limit=48) == ("a" * 40, "B. c dddddddddd")


@pytest.mark.parametrize("end", [". ", "! ", "? ", '." ', ".) ", ".* ", "\N{IDEOGRAPHIC FULL STOP}"])
def test_prefers_the_end_of_a_sentence_to_that_of_a_word(end: str) -> None:
    """Also where a quotation or emphasis ends with it, and in Chinese."""
    first = "a" * 40 + end

    assert split(f"{first}bb cc dddddddddddddd", limit=48) == (first.strip(), "bb cc dddddddddddddd")


def test_a_pause_too_far_from_the_end_is_not_worth_a_short_part() -> None:
    """Then the part ends after a word."""
    assert split("a\n\n" + "b " * 40, limit=48)[0] == "a\n\n" + ("b " * 23).strip()


def test_a_word_is_cut_only_when_it_is_longer_than_a_part() -> None:
    """And then where the part is full."""
    assert split("short " + "x" * 100, limit=50) == ("short", "x" * 50, "x" * 50)


def test_emoji_are_counted_as_the_phone_counts_them_and_kept_whole() -> None:
    """Four thousand families, eight units each."""
    parts = split(FAMILY * 4096)

    assert all(utf16_length(part) <= MAX_TEXT and set(regex.findall(r"\X", part)) == {FAMILY} for part in parts)
    assert "".join(parts) == FAMILY * 4096


@pytest.mark.parametrize("text", ["\N{REGIONAL INDICATOR SYMBOL LETTER D}" * 20, "e\u0301" * 30])
def test_letters_of_several_characters_stay_whole(text: str) -> None:
    """Flags, accents."""
    whole = regex.findall(r"\X", text)

    assert [letter for part in split(text, limit=17) for letter in regex.findall(r"\X", part)] == [
        letter for letter in whole if letter.strip()
    ]


def test_a_letter_longer_than_a_part_is_cut() -> None:
    """It has a hundred thousand accents."""
    text = "e" + "\u0301" * 100_000

    parts = split(text)

    assert "".join(parts) == text
    assert all(len(part) <= MAX_TEXT for part in parts)


ADDRESS = "https://a.example/path?x=1"


@pytest.mark.parametrize("before", range(60))
def test_an_address_is_never_cut(before: int) -> None:
    """At any place, with or without words around it."""
    for filling in ("字" * before, ("w " * before)[:before], "x" * before):
        parts = split(f"{filling}{ADDRESS}{filling}", limit=50)

        assert sum(ADDRESS in part for part in parts) == 1


def test_an_address_longer_than_a_part_is_cut() -> None:
    """There is no other way."""
    address = "https://a.example/" + "x" * 200

    assert "".join(split(address, limit=50)) == address


CODE = "```\nfirst line\n    second line\n\n    third line\n```"


def test_a_fence_that_must_be_cut_is_closed_and_opened_again() -> None:
    """At the end of a line, and the next one keeps its indentation."""
    assert split(f"Look:\n\n{CODE}\n\nDone.", limit=42) == (
        "Look:\n\n```\nfirst line\n    second line\n```",
        "```\n    third line\n```\n\nDone.",
    )


def test_a_fence_that_fits_is_left_alone() -> None:
    """Nothing is added."""
    assert split(f"{CODE}\n\nDone.") == (f"{CODE}\n\nDone.",)


def test_marks_that_open_no_fence_are_text() -> None:
    """One that is never closed, and those around a few words."""
    text = "```\n" + "word " * 30 + "```x```"

    assert all("word\n```" not in part for part in split(text, limit=50))


@pytest.mark.parametrize("limit", range(30, 80))
def test_every_part_has_its_fences_in_pairs_and_code_between_them(limit: int) -> None:
    """For every place of the cut."""
    parts = split(f"Some words before it.\n\n{CODE}\n\nand some after\n\n{CODE}", limit=limit)

    assert all(part.count("```") % 2 == 0 and not re.search(r"```\s*```", part) for part in parts)
    assert letters("".join(parts)) == letters(f"Some words before it.{CODE}and some after{CODE}")


pieces = st.sampled_from(
    [
        "word",
        "Sentence. ",
        "\n",
        "\n\n",
        " ",
        "```\n",
        "\n```\n",
        "`",
        "  ",
        "x" * 30,
        FAMILY,
        "字",
        "e\u0301\u0301",
        ADDRESS,
    ]
)
texts = st.text() | st.lists(pieces | st.text(max_size=5), max_size=40).map("".join)
limits = st.integers(min_value=40, max_value=120)


@given(text=texts, limit=limits)
def test_no_part_is_too_long_or_blank(text: str, limit: int) -> None:
    """For any text."""
    assert all(utf16_length(part) <= limit and part.strip() for part in split(text, limit=limit))


@given(text=texts, limit=limits)
def test_nothing_is_lost(text: str, limit: int) -> None:
    """In the same order, but for white space and added fences."""
    assert letters("".join(split(text, limit=limit))) == letters(read_fences(text).text)


@given(text=st.lists(st.text("abc", min_size=1, max_size=39), max_size=60).map(" ".join), limit=limits)
def test_no_word_is_cut(text: str, limit: int) -> None:
    """None of them being longer than a part."""
    assert " ".join(split(text, limit=limit)).split() == text.split()


@given(text=st.text(st.sampled_from("ab \u0301\u200d😀👩字🇩"), max_size=200), limit=limits)
def test_no_letter_is_cut(text: str, limit: int) -> None:
    """None of them being longer than a part."""
    expected = [letter for letter in regex.findall(r"\X", text.strip()) if not letter.isspace()]

    found = [letter for part in split(text, limit=limit) for letter in regex.findall(r"\X", part)]

    if all(utf16_length(letter) <= limit - 8 for letter in expected):
        assert [letter for letter in found if not letter.isspace()] == expected


@given(words=st.text("abcdefgh ", min_size=700).map(re.compile("[a-h]{1,12}").findall), limit=limits)
def test_prose_fills_its_parts(words: list[str], limit: int) -> None:
    """The next word does not fit in any part."""
    parts = split(" ".join(words), limit=limit)

    assert all(len(part) + 1 + len(following.split()[0]) > limit for part, following in itertools.pairwise(parts))


def test_a_formatted_answer_of_many_blocks_keeps_all_of_them() -> None:
    """Formatter and splitter together."""
    markdown = "\n\n".join(
        f"## Step {number}\n\nRun **this**:\n\n```python\nstep_{number}()\n```\n\n- see [docs](https://a.example/{number})"
        for number in range(300)
    )

    parts = split(to_whatsapp(markdown))

    assert all(utf16_length(part) <= MAX_TEXT and part.count("```") % 2 == 0 for part in parts)
    assert all(f"step_{number}()" in "".join(parts) for number in range(300))
