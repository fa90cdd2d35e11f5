"""What stands between a person and us."""

import pytest

from domain.contents import Choice
from domain.standing import UNTIL_TOLD, Standing

SMALL, LARGE = Choice(id="s", title="Small"), Choice(id="l", title="Large")
ASKED = Standing(choices=(SMALL, LARGE))


@pytest.mark.parametrize(
    ("until", "now", "human"), [(None, 5, False), (10, 5, True), (10, 10, False), (UNTIL_TOLD, 5, True)]
)
def test_a_human_answers_until_a_moment(until: float | None, now: float, human: bool) -> None:
    """Or until told."""
    assert Standing(human_until=until).with_human(now=now) is human


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("2", LARGE),
        (" 1 ", SMALL),
        ("small", SMALL),
        ("0", None),
        ("3", None),
        ("²", None),
        ("1" * 5000, None),
        ("small one", None),
        ("2.", LARGE),
        ("2)", LARGE),
        ("(2)", LARGE),
        ("#2", LARGE),
        ("2\ufe0f\u20e3", LARGE),
        ("\N{FULLWIDTH DIGIT TWO}", LARGE),
        ("\N{ARABIC-INDIC DIGIT TWO}", LARGE),
        ("Small!", SMALL),
        ("2.5", None),
        ("-2", None),
        ("!", None),
        ("", None),
    ],
)
def test_a_choice_may_be_typed(typed: str, choice: Choice | None) -> None:
    """By its number, or as it is written."""
    assert ASKED.meant(typed) == choice


def test_a_title_may_be_punctuation_itself() -> None:
    """It is offered as it is."""
    assert Standing(choices=(Choice(id="y", title="Yes!"), Choice(id="n", title="No."))).meant("no") == Choice(
        id="n", title="No."
    )


def test_without_choices_a_number_is_a_number() -> None:
    """Nothing was offered."""
    assert Standing().meant("1") is None
