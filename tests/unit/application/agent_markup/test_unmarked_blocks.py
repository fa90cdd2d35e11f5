"""Blocks without their marker, and JSON with the mistakes that models make."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.agent_markup.answer import read_agent_reply
from application.agent_markup.lenient_json import read_json
from domain.messages.outbound import ButtonsPart, TextPart
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice

ITEM = '{"text": "Which size?", "buttons": ["Small", "Large"]}'
SIZES = ButtonsPart(
    body=Markdown("Which size?"), choices=(Choice(id="Small", title="Small"), Choice(id="Large", title="Large"))
)


@pytest.mark.parametrize(
    "written",
    [
        f"```json\n{ITEM}\n```",
        f"```JSON5\n{ITEM}\n```",
        f"```json trunkline\n{ITEM}\n```",
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
    """If it can be nothing else."""
    if after and written.endswith("]}") and written.startswith("```"):
        after = ""  # it was cut off
    reply = read_agent_reply(f"{before}{written}{after}")

    assert [part for part in reply.parts if not isinstance(part, TextPart)] == [SIZES]
    assert not any("{" in part.body.text for part in reply.parts)
    assert reply.problems == ()


def test_a_block_may_stand_in_an_answer_that_is_fenced_as_markdown() -> None:
    """The text around it is formatted."""
    answer = f"# Hello\n\n```json\n{ITEM}\n```\n\nAnd `code`:\n\n```sh\nls\n```"

    reply = read_agent_reply(f"```markdown\n{answer}\n```\n")

    assert reply.parts == (
        TextPart(body=Markdown("# Hello")),
        SIZES,
        TextPart(body=Markdown("And `code`:\n\n```sh\nls\n```")),
    )


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
def test_json_may_have_common_mistakes(opening: str, written: str) -> None:
    """Single or typographic quotes, comments, Python's or JavaScript's notation."""
    closing = opening.rstrip("aehijklnorstu")
    text = f"{opening}\n{written}\n{closing}" if len(opening) > 1 else f"{opening}{written}{closing}"

    assert read_agent_reply(text).parts == (SIZES,)


def test_comments_may_end_lines() -> None:
    """Both kinds. An address in a text has no comment."""
    text = '```trunkline\n{\n  // what\n  "text": "https://a.example/#1",  # why\n}\n```'

    assert read_agent_reply(text).parts == (TextPart(body=Markdown("https://a.example/#1")),)


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
def test_other_json_is_text(text: str) -> None:
    """The person asked how it is written."""
    assert read_agent_reply(text).parts == (TextPart(body=Markdown(text)),)


def test_beside_a_marked_block_other_json_is_text() -> None:
    """An agent may show how a block is written, and then send one."""
    written, shown = read_agent_reply(f"So:\n```json\n{ITEM}\n```\n```trunkline\n{ITEM}\n```").parts

    assert (written, shown) == (TextPart(body=Markdown(f"So:\n```json\n{ITEM}\n```")), SIZES)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=3) | st.lists(VALUES, max_size=3))
def test_valid_json_keeps_its_value(value: object) -> None:
    """Whatever follows it."""
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
def test_reading_takes_linear_time(repeated: str) -> None:
    """Four times the text takes at most about four times as long."""

    def seconds(length: int) -> float:
        text = "```markdown\n" + repeated * (length // len(repeated))
        began = time.process_time()
        read_agent_reply(text, heard=["hello"])
        return time.process_time() - began

    assert seconds(80_000) < 8 * seconds(20_000) + 0.1
