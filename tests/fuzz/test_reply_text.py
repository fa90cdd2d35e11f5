"""Any text of an agent becomes parts that WhatsApp accepts, in a short time."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.whatsapp.formatting.limits import MAX_TEXT
from adapters.whatsapp.formatting.markdown import to_whatsapp
from adapters.whatsapp.formatting.segmentation import GRAPHEME, utf16_length
from adapters.whatsapp.formatting.splitting import split
from adapters.whatsapp.graph.messenger import GraphMessenger

MESSENGER = GraphMessenger(client=None, api_url="", api_version="v25.0", phone_number_id="1", access_token="t")
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
    parts = MESSENGER.compose(markdown=text)

    for part in parts:
        assert part.body.strip()
        assert utf16_length(part.body) <= MAX_TEXT
        part.body.encode()
    assert bool(parts) == bool(text.strip()) or not to_whatsapp(text).strip()


@given(text=markdown, limit=st.integers(20, 60))
def test_splitting_loses_nothing_but_white_space_and_adds_nothing_but_fences(text: str, limit: int) -> None:
    """With small limits, so that any place may be cut."""
    parts = split(text, limit=limit)

    assert _bare("".join(parts)) == _bare(text)
    assert all(utf16_length(part) <= limit for part in parts)


def _bare(text: str) -> str:
    return "".join(text.replace("`", "").split())


@settings(max_examples=20)
@given(repeated=st.lists(pieces, min_size=1, max_size=4).map("".join), before=markdown)
def test_no_text_takes_long(repeated: str, before: str) -> None:
    """A parser that reads to the end at each mark would need minutes, and block its worker."""
    text = (before + repeated * (20_000 // len(repeated)))[:20_000]

    began = time.process_time()
    MESSENGER.compose(markdown=text)

    assert time.process_time() - began < 8


@given(text=st.lists(pieces | st.text(max_size=3)).map("".join))
def test_graphemes_are_those_of_unicode(text: str) -> None:
    """The fast path for flags gives the same graphemes."""
    import regex  # noqa: PLC0415

    assert GRAPHEME.findall(text) == regex.findall(r"\X", text)
