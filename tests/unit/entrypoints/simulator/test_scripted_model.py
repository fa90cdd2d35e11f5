"""The scripted model's words."""

import pytest

from entrypoints.simulator.scripted_model import answer


@pytest.mark.parametrize("question", ["Hi", "hello there", "¡hola!".strip("¡"), "Olá", "Good morning"])
def test_greets_back(question: str) -> None:
    """A greeting in one of several languages is returned."""
    assert answer(question).text.startswith("Hello!")


def test_repeats_anything_else() -> None:
    """The words of the person are in the answer, whole."""
    assert '"Do you fail\noften?"' in answer("Do you fail\noften?").text


@pytest.mark.parametrize(
    ("question", "seconds"), [("slow", 8), ("slow 20", 20), ("Slow 3 please", 3), ("slow 600", 60), ("high\nslow 2", 2)]
)
def test_takes_its_time_when_asked(question: str, seconds: float) -> None:
    """The word slow, a number, and a cap."""
    assert answer(question).seconds == seconds


def test_long_answer() -> None:
    """About 20,000 characters of Markdown."""
    assert 20_000 <= len(answer("long").text) <= 21_000


def test_failures() -> None:
    """A model that breaks, and one that says nothing."""
    assert answer("fail").fails
    assert answer("empty").text == ""


def test_words_that_merely_begin_like_a_command() -> None:
    """A command is a whole word."""
    assert "failure" in answer("failure is not an option").text


def test_is_the_same_each_time() -> None:
    """No dice."""
    assert answer("markdown") == answer("markdown")
    assert answer("help") == answer("HELP")
