"""Cutting formatted text: spans are closed and opened again, links stay whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.messages.outbound import TextPart
from support.whatsapp_texts import MAX_TEXT, render, split_markdown, to_whatsapp, utf16_length

SENTENCE = "The quick brown fox jumps over the lazy dog again. "
LONG = (SENTENCE * 120).strip()


def parts_of(markdown: str) -> list[str]:
    return [part.body.text for part in render(TextPart(body=markdown)) if isinstance(part, TextPart)]


@pytest.mark.parametrize(
    ("before", "after", "opening", "closing"),
    [
        ("**", "**", "*", "*"),
        ("*", "*", "_", "_"),
        ("~~", "~~", "~", "~"),
        ("`", "`", "`", "`"),
        ("# ", "", "*", "*"),
        ("> ", "", "> ", ""),
        ("> **", "**", "> *", "*"),
        ("***", "***", "*_", "_*"),
        ("<b>", "</b>", "*", "*"),
    ],
)
def test_a_span_over_a_cut_is_closed_and_opened_again(before: str, after: str, opening: str, closing: str) -> None:
    """In each part, beside its words."""
    first, second = parts_of(f"{before}{LONG}{after}")

    assert first.startswith(f"{opening}The")
    assert first.endswith(f".{closing}")
    assert second.startswith(f"{opening}The")
    assert second.endswith(f".{closing}")
    assert utf16_length(first) <= MAX_TEXT


@pytest.mark.parametrize("before", range(4040, 4110, 3))
def test_a_label_and_its_address_stay_together(before: int) -> None:
    """For every place of the cut."""
    words = ("word " * 900)[:before].rstrip()

    parts = parts_of(f"{words} [our whole price list](https://a.example/prices) and more {LONG}")

    assert sum("our whole price list (https://a.example/prices)" in part for part in parts) == 1


def test_a_link_longer_than_a_part_is_cut() -> None:
    """There is no other way."""
    parts = parts_of(f"[{LONG}](https://a.example/prices)")

    assert len(parts) == 2
    assert "https://a.example/prices" in parts[1]


words = st.text("abcdefgh ", min_size=1, max_size=80).map(lambda text: " ".join(text.split())).filter(len)
styled = st.builds(lambda mark, text: f"{mark}{text}{mark}", st.sampled_from(["**", "*", "~~", "`"]), words)
linked = words.map(lambda text: f"[{text[:12].strip()}](https://a.example)")
blocks = st.lists(words | styled | linked, min_size=1, max_size=8).map(" ".join)
markdown = st.lists(blocks | blocks.map(lambda text: f"> {text}") | blocks.map(lambda text: f"# {text}"), min_size=1)


@given(markdown=markdown.map("\n\n".join), limit=st.integers(70, 200))
def test_every_part_has_its_marks_in_pairs_and_no_word_is_lost(markdown: str, limit: int) -> None:
    """For every place of the cuts."""
    parts = split_markdown(markdown, limit=limit)

    for part in parts:
        assert utf16_length(part) <= limit
        assert all(line.count(mark) % 2 == 0 for line in part.split("\n") for mark in "*_~`")
        assert not re.search(r"\((?!https://a\.example\))", part)
    assert re.findall("[a-z]+", " ".join(parts)) == re.findall("[a-z]+", to_whatsapp(markdown))
