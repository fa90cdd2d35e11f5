"""Blocks in an agent's text, in the ways that models write fences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.agent_markup.blocks import Block, texts_and_blocks

JSON = '{"text": "Hi."}'
SAID = Block(values=({"text": "Hi."},), whole=True)


def pieces(text: str) -> list[str | Block]:
    """The texts and values of an answer, without the white space around them."""
    found = [piece.strip() if isinstance(piece, str) else piece for piece in texts_and_blocks(text)]
    return [piece for piece in found if piece]


@pytest.mark.parametrize(
    "text",
    [
        f"Before.\n```trunkline\n{JSON}\n```\nAfter.",
        f"Before.\r\n```trunkline\r\n{JSON}\r\n```\r\nAfter.",
        f"Before.\n``` trunkline \n{JSON}\n ``` \nAfter.",
        f"Before.\n```Trunkline\n{JSON}\n```\nAfter.",
        f"Before.\n```trunkline json\n{JSON}\n```\nAfter.",
        f"Before.\n~~~trunkline\n{JSON}\n~~~\nAfter.",
        f"Before.\n````trunkline\n{JSON}\n````\nAfter.",
        f"Before. ```trunkline\n{JSON}\n```\nAfter.",
        f"Before.\n```trunkline {JSON} ```\nAfter.",
        f"Before.\n```trunkline\n```json\n{JSON}\n```\n```\nAfter.",
        f"Before.\n````trunkline\n```JSON\n{JSON}```\n````\nAfter.",
        f"Before.\n```trunkline {JSON}``` After.",
        f"Before.\n```trunkline\n{JSON}```\nAfter.",
        f"Before.\n> ```trunkline\n> {JSON}\n> ```\nAfter.",
        f"Before.\n> ```trunkline\n> {{\n>   {JSON[1:]}\n> ```\nAfter.",
        f"Before.\n- ```trunkline\n  {JSON}\n  ```\nAfter.",
        f"Before.\n1. ```trunkline\n{JSON}\n```\nAfter.",
        'Before.\n```trunkline\n{"text": "Hi.",}\n```\nAfter.',
        'Before.\n```trunkline\n{"text": "Hi.",\n}```\nAfter.',
    ],
)
def test_a_block_may_be_fenced_in_many_ways(text: str) -> None:
    """The person sees none of the marks."""
    assert pieces(text) == ["Before.", SAID, "After."]


@pytest.mark.parametrize("between", ["\n", ",\n", " ", ";"])
def test_several_values_need_no_list(between: str) -> None:
    """Models write one object after the other."""
    assert pieces(f"```trunkline\n{JSON}{between}{JSON}\n```") == [Block(values=SAID.values * 2, whole=True)]


@pytest.mark.parametrize("text", ["use ```ls``` here", "a\\n```\\nb", "} ```", "~~~"])
def test_a_text_in_a_block_may_hold_fences(text: str) -> None:
    """The JSON decides where it ends."""
    assert pieces(f'```trunkline\n{{"text": "{text}"}}\n```\nAfter.')[1:] == ["After."]


def test_a_text_in_a_block_may_have_line_breaks() -> None:
    """JSON forbids them, but models write them."""
    assert pieces('```trunkline\n{"text": "one\ntwo"}\n```') == [Block(values=({"text": "one\ntwo"},), whole=True)]


@pytest.mark.parametrize(
    ("text", "values", "after"),
    [
        ("{oops}\n```\nAfter.", (), ["After."]),
        ("{oops}```\nAfter.", (), ["After."]),
        ("{oops}``` After.", (), ["After."]),
        ('{"text": "use ```ls``` here", oops}\n```\nAfter.', (), ["After."]),
        (f"{JSON}}}\n```\nAfter.", SAID.values, ["After."]),
        (f"{JSON}\n{{oops}}\n```\nAfter.", SAID.values, ["After."]),
        ("\n```\nAfter.", (), ["After."]),
        ("{oops}", (), []),
        ("[" * 100_000, (), []),
        ("7" * 5000, (), []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_json_is_left_out(text: str, values: tuple[object, ...], after: list[str]) -> None:
    """The values before it are kept, and so is the text after it."""
    assert pieces(f"```trunkline\n{text}") == [Block(values=values, whole=False), *after]


@pytest.mark.parametrize("text", ["```python\nprint(1)\n```", "> quoted\n> words", "trunkline {}", "``trunkline``"])
def test_text_without_blocks_stays(text: str) -> None:
    """Also code and quotes."""
    assert pieces(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "`" * 100_000,
        "> \n" * 30_000,
        " " * 100_000,
        "```trunkline[" * 8_000,
        "```trunkline {" + "} " * 50_000,
        "~`" * 50_000,
    ],
    ids=lambda text: text[:15],
)
def test_odd_texts_are_read_quickly(text: str) -> None:
    """A search of quadratic time would take minutes for this length."""
    assert len(list(texts_and_blocks(text))) < 4


LETTERS = st.sampled_from(
    ["```", "~~~", "trunkline", "\n", "\r\n", "> ", "- ", " ", "{", "}", "[", "]", '"', ",", JSON, "words"]
)


@given(st.lists(LETTERS, max_size=40).map("".join))
def test_no_marker_is_ever_shown(text: str) -> None:
    """With any mixture of fences and JSON."""
    words = [piece for piece in texts_and_blocks(text) if isinstance(piece, str)]

    assert not any(re.search(r"(```|~~~)trunkline\b", piece) for piece in words)
