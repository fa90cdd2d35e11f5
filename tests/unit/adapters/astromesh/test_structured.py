"""Answers whose text contains their data."""

import json
import time

import pytest

from adapters.astromesh.failures import answer
from adapters.astromesh.structured import without_messages

DATA = {"messages": [{"type": "image", "data": "QUJD", "mime_type": "image/png"}]}
JSON = json.dumps(DATA, indent=2)

ROUTE = {"route": {"start_session": True, "handoff_agent": "billing"}}
ROUTE_JSON = json.dumps(ROUTE)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Here it is.\n\n```json\n{JSON}\n```", "Here it is.\n\n"),
        (f"Here it is.\n```\n{JSON}\n```\nBye.", "Here it is.\nBye."),
        (f"```JSON\n{JSON}\n```\n", ""),
        (JSON, ""),
        (f'A draft:\n```json\n{{"a": 1}}\n```\n```json\n{JSON}\n```', 'A draft:\n```json\n{"a": 1}\n```\n'),
    ],
)
def test_data_with_messages_is_not_in_the_text(text: str, left: str) -> None:
    """The runtime leaves it in the answer."""
    said = answer(text=text, blocked=False, data=DATA)

    assert (said.text, said.data) == (left, DATA)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"One moment.\n```json\n{ROUTE_JSON}\n```", "One moment.\n"),
        (ROUTE_JSON, ""),
    ],
)
def test_a_route_is_not_for_the_person(text: str, left: str) -> None:
    """It says who answers next."""
    assert without_messages(text, ROUTE) == left


def test_what_stands_beside_a_route_may_be_the_answer() -> None:
    """Where there is nothing but the JSON, it is sent as it was."""
    data = {**ROUTE, "answer": "One moment."}

    assert without_messages(json.dumps(data), data) == json.dumps(data)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('For example:\n```json\n{"a": 1}\n```', {"a": 1}),
        ("Nothing else.", DATA),
        ('Another one:\n```json\n{"messages": []}\n```', DATA),
        ("Broken:\n```json\n{broken\n```", DATA),
        (f"Open:\n```json\n{JSON}", DATA),
        ("Words.", None),
        ("Words.", ["messages"]),
    ],
)
def test_everything_else_stays(text: str, data: object) -> None:
    """It belongs to the agent's text."""
    assert answer(text=text, blocked=False, data=data).text == text


def test_many_fences_cost_little() -> None:
    """A model that repeats itself must not block other turns."""
    text = "```json\n" * 50_000

    began = time.process_time()
    left = without_messages(text, {"messages": []})

    assert left == text
    assert time.process_time() - began < 2
