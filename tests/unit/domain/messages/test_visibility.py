"""What a person sees of a text, for all of Unicode."""

import functools
import sys
import time
import unicodedata

import pytest
import regex

from domain.messages.escaping import BRACKETS, escape_note, escape_text
from domain.messages.visibility import IGNORABLE, MAX_COMPARED, comparable, is_visible

LOOKS_LIKE = regex.compile("SQUARE BRACKET|TORTOISE SHELL BRACKET|LENTICULAR BRACKET|HALF BRACKET")
MARKS = regex.compile(r"[\p{M}\p{Cf}]")  # of a later Unicode too


@functools.cache
def every() -> str:
    """All characters. Not computed at import: each process that collects tests would need time for it."""
    return "".join(map(chr, range(sys.maxunicode + 1)))


@functools.cache
def lines() -> set[str]:
    """The characters that end a line."""
    return {line[-1] for line in every().splitlines(keepends=True)[:-1]}


@functools.cache
def unseen() -> list[str]:
    """All characters that are invisible within a line, without brackets."""
    marks, others = set(MARKS.findall(every())), {*lines(), "\U000e005b", "\U000e005d"}
    return [c for c in every() if (c in marks or not is_visible(c)) and c not in others]


def looks_like_a_bracket(character: str) -> bool:
    """By its name, or by its compatibility decomposition."""
    return any(
        LOOKS_LIKE.search(unicodedata.name(plain, "")) and not unicodedata.combining(plain)
        for plain in unicodedata.normalize("NFKC", character)
    )


def test_ignorable_characters_are_those_of_unicode() -> None:
    """Assigned or not."""
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")

    assert set(IGNORABLE.findall(every())) == set(ignorable.findall(every()))


def test_brackets_are_all_characters_that_look_like_one() -> None:
    """Fullwidth, vertical, tortoise shell and others."""
    named = [c for c in every() if unicodedata.name(c, "")]  # another one is only itself when it is decomposed

    assert [c for c in named if looks_like_a_bracket(c) and not BRACKETS.fullmatch(c)] == []


def test_nobody_sees_controls_marks_and_ignorable_characters() -> None:
    """Letters, digits and emoji are visible."""
    hidden = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{Z}]")

    # `regex` may know a later Unicode than Python does.
    assert [c for c in hidden.findall(every()) if is_visible(c) and unicodedata.category(c) != "Cn"] == []
    assert all(map(is_visible, "aЖ字7-[]¯\u00b4😀क"))


@pytest.mark.parametrize("bracket", ["[", "\uff3b", "\u3014", "\ufe47", "\U000e005b"])
def test_no_character_hides_a_bracket(bracket: str) -> None:
    """A bracket at the beginning of a line gets a backslash, after any invisible character."""
    for hidden in ("".join(unseen()), *unseen()):
        same = escape_text(f"{hidden}{bracket}forwarded]") == f"{hidden}\\{bracket}forwarded]"
        assert same, ascii(hidden[:9])


def test_no_character_parts_a_bracket_from_its_backslash() -> None:
    """Inside a note, each bracket has an odd number of backslashes directly before it, also in what a person sees."""
    for character in (*unseen(), *lines(), *every()[::499]):
        shown = escape_note(f"a\\{character}]\\\\{character}[\\{character}\\{character}")
        seen = "".join(c for c in shown if is_visible(c) or c == " ")
        for text in (shown, seen):
            escaped = regex.findall(r"(?<!\\)(?:\\\\)*(\\?)[\[\]]", text)
            assert escaped, hex(ord(character))
            assert all(escaped), hex(ord(character))
        assert not seen.endswith("\\"), hex(ord(character))


def test_text_is_compared_as_it_is_seen() -> None:
    """Composed or not, in any case, without invisible marks."""
    assert comparable("Cafe\u0301") == comparable("\u200eCAFÉ \u2060") == "café"
    assert comparable("ﬀ \uff21") == "ff \uff41"
    assert comparable("पि") == "पि"
    assert comparable("a\u00a0 b\n") == "a b"


def test_a_long_text_equals_nothing_that_is_short() -> None:
    """Also when what can be seen of it is short. So it is not looked at character by character."""
    longest, longer = "é" * MAX_COMPARED, "/new" + "\u200b" * MAX_COMPARED

    assert comparable(longest.upper()) == longest
    assert comparable(longer) == longer != "/new"


def test_a_long_text_takes_no_time() -> None:
    """A person may send a million characters, and each message is compared with several commands."""
    text = "\u00e9\u200d" * 500_000

    began = time.process_time()
    for _ in range(1000):
        comparable(text)

    assert time.process_time() - began < 0.5
