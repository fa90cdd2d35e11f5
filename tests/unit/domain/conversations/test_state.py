"""The state of a conversation."""

import pytest

from domain.conversations.state import UNTIL_ENDED, ConversationState
from domain.messages.shared_values import Choice

SMALL, LARGE = Choice(id="s", title="Small"), Choice(id="l", title="Large")
ASKED = ConversationState(choices=(SMALL, LARGE))


@pytest.mark.parametrize(
    ("until", "now", "human"), [(None, 5, False), (10, 5, True), (10, 10, False), (UNTIL_ENDED, 5, True)]
)
def test_a_takeover_lasts_until_its_time(until: float | None, now: float, human: bool) -> None:
    """Or until somebody ends it."""
    assert ConversationState(human_until=until).with_human(now=now) is human


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
        ("\u200esma\u200bll\ufe0f", SMALL),
        ("\u200f2\u2069", LARGE),
        ("2.5", None),
        ("-2", None),
        ("!", None),
        ("", None),
    ],
)
def test_a_choice_may_be_typed(typed: str, choice: Choice | None) -> None:
    """By its number or its title."""
    assert ASKED.meant(typed) == choice


def test_a_title_may_be_punctuation() -> None:
    """It is offered like any other."""
    assert ConversationState(choices=(Choice(id="y", title="Yes!"), Choice(id="n", title="No."))).meant("no") == Choice(
        id="n", title="No."
    )


def test_without_choices_a_number_is_a_number() -> None:
    """Nothing was offered."""
    assert ConversationState().meant("1") is None


@pytest.mark.parametrize("title", ["Cr\u00e8me  br\u00fbl\u00e9e", "Cre\u0300me bru\u0302le\u0301e"])
@pytest.mark.parametrize("typed", ["cr\u00e8me br\u00fbl\u00e9e", "CRE\u0300ME\u00a0BRU\u0302LE\u0301E"])
def test_a_letter_may_be_two_characters(title: str, typed: str) -> None:
    """In the typed text or in the title."""
    choice = Choice(id="c", title=title)

    assert ConversationState(choices=(choice,)).meant(typed) == choice
