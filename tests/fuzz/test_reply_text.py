"""Any text of an agent becomes parts that WhatsApp accepts, in a short time."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.channel_kit.markdown.reader import read_fences
from adapters.channel_kit.segmentation import GRAPHEME
from support.whatsapp_texts import MAX_TEXT, shown, split, to_whatsapp, utf16_length

PIECES = """
    # ## - * + 1. 2) > ``` ~~~ ` `` ** __ _ ~~ ~ [ ] ( ) ]( ![ < > <a:b> http:// https://a.b :// | |- :-: & &amp; &# a é
    b7 \\ \U0001f1ea \U0001f468\u200d\U0001f469 \U0001f3fd \u0301 \u200d \ufe0f \u0600 \u202e 。 ...
"""
SPACES = [" ", "  ", "\n", "\n\n", "\t", "\n    ", "\r", "\u2028", "\0"]

pieces = st.sampled_from([*PIECES.split(), *SPACES, "\ud800"])
markdown = st.lists(pieces | st.text(st.characters(), max_size=5), max_size=60).map("".join)


@given(text=markdown | st.text(st.characters()))
def test_any_text_becomes_acceptable_parts(text: str) -> None:
    """None is blank or too long, and all can be sent."""
    parts = shown(text)

    for part in parts:
        assert part.strip()
        assert utf16_length(part) <= MAX_TEXT
        part.encode()
    assert bool(parts) == bool(text.strip()) or not to_whatsapp(text).strip()


@given(text=markdown, limit=st.integers(20, 60))
def test_splitting_loses_nothing_but_white_space_and_adds_nothing_but_fences(text: str, limit: int) -> None:
    """With small limits, so that any place may be cut."""
    parts = split(text, limit=limit)

    assert _bare("".join(parts)) == _bare(read_fences(text).text)
    assert all(utf16_length(part) <= limit for part in parts)


def _bare(text: str) -> str:
    return "".join(text.replace("`", "").split())


@settings(max_examples=20)
@given(repeated=st.lists(pieces, min_size=1, max_size=4).map("".join), before=markdown)
def test_no_text_takes_long(repeated: str, before: str) -> None:
    """A parser that reads to the end at each mark would need minutes, and block its worker."""
    text = (before + repeated * (20_000 // len(repeated)))[:20_000]

    began = time.process_time()
    shown(text)

    assert time.process_time() - began < 8


@given(text=st.lists(pieces | st.text(max_size=3)).map("".join))
def test_graphemes_are_those_of_unicode(text: str) -> None:
    """The fast path for flags gives the same graphemes."""
    import regex  # noqa: PLC0415

    assert GRAPHEME.findall(text) == regex.findall(r"\X", text)
