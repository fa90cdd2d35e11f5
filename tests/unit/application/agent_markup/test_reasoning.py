"""The reasoning of a model is not part of its answer."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.agent_markup.answer import read_agent_reply
from application.agent_markup.reasoning import without_reasoning
from domain.messages.outbound import TextPart
from domain.messages.rich_text import Markdown

DRAFT = '```trunkline\n{"hand_over": "angry", "template": {"name": "promo", "language": "en"}}\n```\n'
ANSWER = "We open at 9."


@pytest.mark.parametrize(
    "text",
    [
        f"<think>hidden</think>{ANSWER}",
        f"<think>\nhidden\n</think>\n\n{ANSWER}",
        f"<THINK>hidden</Think>{ANSWER}",
        f'<think type="long" n=3>hidden</think>{ANSWER}',
        f"<thinking>hidden</thinking>{ANSWER}",
        f"<reasoning>hidden</reasoning>{ANSWER}",
        f"<thought>hidden</thought>{ANSWER}",
        f"<analysis>hidden</analysis>{ANSWER}",
        f"<thinking>hidden<reflection>hidden</reflection></thinking><output>{ANSWER}</output>",
        f"<think>hidden</think>\n<answer>\n{ANSWER}\n</answer>\n",
        f"<seed:think>hidden</seed:think>{ANSWER}",
        f"◁think▷hidden◁/think▷{ANSWER}",
        f"[THINK]hidden[/THINK]{ANSWER}",
        f"hidden</think>{ANSWER}",
        f"hidden, a ` and\n```\nhalf a fence</think>{ANSWER}",
        f"{ANSWER}<think>hidden",
        f"{ANSWER}\n<think>\nhidden ```trunkline\n{{",
        f"<think>hidden <think>twice</think> still</think>{ANSWER}",
        f"<think>hidden, with a ` and ``` and <b></think>{ANSWER}",
        f"<think>hidden<final>{ANSWER}</final>",
        f"<think>hidden</think><final>{ANSWER}</final>",
        f"<think/>{ANSWER}",
        f"<think />{ANSWER}",
        f"<think x=1/>{ANSWER}",
        f"<think>a</think>{ANSWER}<reasoning>b</reasoning>",
        f"{ANSWER}<|im_end|>",
        f"{ANSWER}</s>",
        f"{ANSWER}<|eot_id|><|endoftext|>",
        f"{ANSWER}<\uff5cend▁of▁sentence\uff5c>",
        f"{ANSWER}<end_of_turn>",
        f"<|im_start|>assistant\n{ANSWER}<|im_end|>",
        f"<|start_header_id|>assistant<|end_header_id|>\n\n{ANSWER}",
        f"<|channel|>analysis<|message|>hidden<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>",
        f"<|channel|>analysis<|message|>hidden<|end|>{ANSWER}",
        f"<|channel|>commentary to=functions.ask <|constrain|>json<|message|>{{}}<|call|>{ANSWER}",
        f"{ANSWER}<|channel|>analysis hidden",
        f'{ANSWER}<tool_call>{{"name": "ask", "arguments": {{}}}}</tool_call>',
        f"{ANSWER}<tool_call>hidden",
        f'{ANSWER}<function_calls><invoke name="ask"><parameter name="a">1</parameter></invoke></function_calls>',
        f'<ns:function_calls>\n<invoke name="ask">hidden</invoke>\n</ns:function_calls>{ANSWER}',
        f"{ANSWER}<function=ask>hidden</function>",
        f"{ANSWER}<|tool_calls_section_begin|><|tool_call_begin|>ask:0<|tool_call_end|><|tool_calls_section_end|>",
        f"{ANSWER}<\uff5ctool▁calls▁begin\uff5c>hidden<\uff5ctool▁calls▁end\uff5c>",
        f"<|START_THINKING|>hidden<|END_THINKING|>{ANSWER}",
        f"hidden<|end_of_thought|>{ANSWER}",
        f'{ANSWER}[TOOL_CALLS][{{"name": "ask"}}]',
        f"{ANSWER}<|python_tag|>ask()",
        f"{ANSWER}</tool_call>",
        f"```markdown\n<think>hidden</think>{ANSWER}\n```",
    ],
)
def test_reasoning_is_not_sent(text: str) -> None:
    """In each way that servers leave it in the text."""
    assert read_agent_reply(text).parts == (TextPart(body=Markdown(ANSWER)),)


@pytest.mark.parametrize(
    "text",
    [
        f"<think>I could say {DRAFT}, hm.</think>{ANSWER}",
        f"I could say {DRAFT}, hm.</think>{ANSWER}",
        f"{ANSWER}<think>or {DRAFT}",
        f"<|channel|>analysis<|message|>{DRAFT}<|end|>{ANSWER}",
        f"<tool_call>{DRAFT}</tool_call>{ANSWER}",
        f"```trunkline\n{{</think>{ANSWER}",
        f"{DRAFT.strip()}</think>{ANSWER}",
        f"{DRAFT.strip()}<think>{DRAFT.strip()}</think></think>{ANSWER}",
    ],
)
def test_a_block_in_reasoning_is_not_carried_out(text: str) -> None:
    """The model only drafted it."""
    reply = read_agent_reply(text)

    assert (reply.parts, reply.hand_over) == ((TextPart(body=Markdown(ANSWER)),), None)


@pytest.mark.parametrize(
    "text",
    [
        "Write `<think>` before and `</think>` behind it.",
        "Write ``<think>` `` so.",
        "```html\n<think>x</think>\n<|im_end|></s>\n```\nThat is how.",
        "See ```html\n<think>\n```\nThat is how.",
        "~~~~\n```\n<tool_call>\n```\n~~~~\nThat is how.",
        "> ```\n> </think>\n> ```\nThat is how.",
        "- ```\n  </think>\n  ```\nThat is how.",
        "<s>9</s> 10 o'clock",
        "a < think > b, Dict<str:int>, <user:id>, <b>bold</b>, <https://a.example>, x <|> y || <invoke>",
        "I think </b> so; <thinker> too",
        "Write <answer>yes</answer> or <answer>no</answer>.",
    ],
)
def test_code_and_other_words_stay(text: str) -> None:
    """Text that only looks like reasoning."""
    assert without_reasoning(text) == text


@pytest.mark.parametrize("text", ["<think>hm</think>", "<think>hm", "hm</think> ", "</s>", "<|channel|>analysis hm"])
def test_an_answer_of_reasoning_alone_is_empty(text: str) -> None:
    """The agent is then asked once more."""
    assert read_agent_reply(text).parts == ()


PIECES = ["`", "```", "~~~", "```trunkline", "```html", "\n", "\n\n", "> ", "- ", " ", "<think>", "<tool_call>", "</s>"]
PIECES += ["<|channel|>", "<|message|>", "<|end|>", "<s>", "{", '"', "words", "<reasoning", "<final>", "ş", "\u2028"]
thoughts = st.lists(st.sampled_from([piece for piece in PIECES if piece != "<final>"]), max_size=30).map("".join)
words = st.lists(st.sampled_from(["a", "b ", "\n", "Hi.", "*", "`x`"]), max_size=10).map("".join)


@given(before=words, thought=thoughts, after=words)
def test_no_reasoning_gets_out(before: str, thought: str, after: str) -> None:
    """Whatever it contains."""
    assert without_reasoning(f"{before}<think>{thought}</think>{after}") == before + after


@pytest.mark.parametrize(
    "repeated",
    [
        "`", "``` ", "```x\n", "~~~x\n", "````x\n```\n", "` `` ", "<think", "<think ", "</think>", "<think></think>",
        "<|channel|>", "<|channel|>a", "<|start|>", "<tool_call>", "<tool_call></tool_call>", "<function=a", "<|a",
        "<|tool_begin|>", "<|think_start|><|think_end|>", "<s>", "</s>", "<a:", "a:", "[THINK]", "<think x=",
    ],
)  # fmt: skip
def test_reading_takes_linear_time(repeated: str) -> None:
    """Four times the text takes at most about four times as long."""

    def seconds(length: int) -> float:
        text = repeated * (length // len(repeated))
        began = time.process_time()
        without_reasoning(text)
        return time.process_time() - began

    assert seconds(200_000) < 10 * seconds(50_000) + 0.05
