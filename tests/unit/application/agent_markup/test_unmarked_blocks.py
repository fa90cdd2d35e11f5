"""Blocks that a model wrote as it thinks JSON is written."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.agent_markup.answer import read_agent_reply
from application.agent_markup.lenient_json import read_json
from domain.messages.parts import ButtonsPart, TextPart
from domain.messages.shared_values import Choice

ITEM = '{"text": "Which size?", "buttons": ["Small", "Large"]}'
SIZES = ButtonsPart(body="Which size?", choices=(Choice(id="Small", title="Small"), Choice(id="Large", title="Large")))


@pytest.mark.parametrize(
    "written",
    [
        f"```json\n{ITEM}\n```",
        f"```JSON5\n{ITEM}\n```",
        f"```\n{ITEM}\n```",
        f"~~~json\n{ITEM}\n~~~",
        f"```json\n[{ITEM}]\n```",
        f"```json\n{json.dumps(json.loads(ITEM), indent=2)}\n```",
        f'```json\n{{"messages": [{ITEM}]}}\n```',
        f"```json\n{ITEM}",
        f"`{ITEM}`",
        f"``` {ITEM} ```",
        ITEM,
        json.dumps(json.loads(ITEM), indent=2),
        f"[{ITEM}]",
        f"- {ITEM}".removeprefix("- "),
        f'```trunkline\n{{"messages": [{ITEM}]}}\n```',
        f"```markdown\n```trunkline\n{ITEM}\n```\n```",
    ],
)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("Sure!\n", "\nThanks.")])
def test_a_block_needs_no_name(written: str, before: str, after: str) -> None:
    """Where it can be nothing else."""
    if after and written.endswith("]}") and written.startswith("```"):
        after = ""  # it was cut off
    reply = read_agent_reply(f"{before}{written}{after}")

    assert [part for part in reply.parts if not isinstance(part, TextPart)] == [SIZES]
    assert not any("{" in part.body for part in reply.parts)
    assert reply.problems == ()


def test_a_block_may_stand_in_an_answer_that_is_fenced_as_markdown() -> None:
    """With the words around it, which are formatted."""
    answer = f"# Hello\n\n```json\n{ITEM}\n```\n\nAnd `code`:\n\n```sh\nls\n```"

    reply = read_agent_reply(f"```markdown\n{answer}\n```\n")

    assert reply.parts == (TextPart(body="# Hello"), SIZES, TextPart(body="And `code`:\n\n```sh\nls\n```"))


@pytest.mark.parametrize("opening", ["```trunkline", "```json", "```", "`", ""])
@pytest.mark.parametrize(
    "written",
    [
        "{'text': 'Which size?', 'buttons': ['Small', 'Large']}",
        "{“text”: “Which size?”, “buttons”: [“Small”, \u2018Large\u2019]}",
        '{"text": "Which size?", "buttons": ["Small", "Large"], "image": None, "hand_over": False}',
        '{"text": "Which size?", /* two */ "buttons": ["Small", "Large",],}',
        "{text: 'Which size?', buttons: ['Small', \"Large\"]}",
    ],
)
def test_json_may_be_written_otherwise(opening: str, written: str) -> None:
    """In single or typographic quotes, with comments, as Python or JavaScript writes it."""
    closing = opening.rstrip("aehijklnorstu")
    text = f"{opening}\n{written}\n{closing}" if len(opening) > 1 else f"{opening}{written}{closing}"

    assert read_agent_reply(text).parts == (SIZES,)


def test_comments_may_end_lines() -> None:
    """Of both kinds; an address within a text holds none."""
    text = '```trunkline\n{\n  // what\n  "text": "https://a.example/#1",  # why\n}\n```'

    assert read_agent_reply(text).parts == (TextPart(body="https://a.example/#1"),)


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"name": "Ana", "text": "Hi."}\n```',
        '```json\n{"list": 3}\n```',
        '```python\n{"text": "Hi."}\n```',
        'Send {"text": "Hi."} to the server.',
        'Say `{"text": "Hi."}` to greet.',
        '{"size": 3}',
        "[]",
        '["text"]',
        "{text}",
    ],
)
def test_other_json_is_words(text: str) -> None:
    """Somebody asked how it is written."""
    assert read_agent_reply(text).parts == (TextPart(body=text),)


def test_beside_a_block_with_a_name_other_json_is_words() -> None:
    """An agent may show how it is written, and then do it."""
    written, shown = read_agent_reply(f"So:\n```json\n{ITEM}\n```\n```trunkline\n{ITEM}\n```").parts

    assert (written, shown) == (TextPart(body=f"So:\n```json\n{ITEM}\n```"), SIZES)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3) | st.lists(VALUES, max_size=3))
def test_json_is_read_as_what_it_is(value: object) -> None:
    """Whatever stands in it, JSON that is right stays so; what follows does not matter."""
    text = json.dumps(value)

    assert read_json(f"{text} and }}", 0) == (value, len(text))


@pytest.mark.parametrize(
    "repeated",
    [
        '{"text": ', "{'text': '", '{"text": "a" ', "```json\n{text:", "`{text:", '[{"text":"', "{“text”:“", "` ",
        "```x\n",
        '{"text":"a"}\n', '{"text":"a"} a', "```json\n", "[ ", "{ ", "~~~", '"text":"', "```markdown\n", "/*", "\\",
        "```trunkline\n{'a", '```trunkline\n{"', '```trunkline\n{"text":"a",\n```\n',
    ],
)  # fmt: skip
def test_reading_takes_time_in_proportion(repeated: str) -> None:
    """Four times the text takes no more than about four times as long."""

    def seconds(length: int) -> float:
        text = "```markdown\n" + repeated * (length // len(repeated))
        began = time.process_time()
        read_agent_reply(text, heard=["hello"])
        return time.process_time() - began

    assert seconds(80_000) < 8 * seconds(20_000) + 0.1
