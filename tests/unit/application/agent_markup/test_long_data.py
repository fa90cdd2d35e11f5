"""Long base64 strings are replaced by names while an answer is read."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.agent_markup.long_data import MAX_IN_PLACE, LongData

LONG = "iVBORw0K" * (MAX_IN_PLACE // 8 + 1)


@pytest.mark.parametrize("data", [LONG, f"data:image/png;base64,{LONG}"])
def test_long_data_is_set_aside_and_put_back(data: str) -> None:
    """Of a data URI, the beginning stays."""
    answer = {"type": "image", "data": data, "inside": [{"header": data}]}

    aside = LongData.set_aside(json.dumps(answer))

    assert len(aside.text) < 300
    assert aside.restored(json.loads(aside.text)) == answer


def test_long_text_stays() -> None:
    """It is no base64: the person reads it."""
    text = f'"{"many words " * MAX_IN_PLACE}"'

    assert LongData.set_aside(text).text == text


@given(number=st.integers(0, 3), words=st.text(max_size=30))
def test_a_name_never_stands_for_text_of_the_agent(number: int, words: str) -> None:
    """Text that looks like a name stays as it is."""
    answer = [f"{number:016}", words, LONG]

    aside = LongData.set_aside(json.dumps(answer, ensure_ascii=False))

    assert aside.restored(json.loads(aside.text)) == answer


def test_many_look_alikes_of_names_cost_little() -> None:
    """The time grows with the length of the text, whatever the text contains."""
    text = json.dumps([*(f"{number:016}" for number in range(60_000)), LONG, LONG])

    began = time.process_time()
    aside = LongData.set_aside(text)

    assert time.process_time() - began < 1
    assert len(aside.by_name) == 2
