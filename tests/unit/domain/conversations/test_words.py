"""Words are found whatever the case and the accents, and never inside of other words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.words import pattern_of, words_of
from domain.messages.visibility import MAX_COMPARED


def found(phrase: str, text: str) -> bool:
    return pattern_of(phrase) in words_of(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("invoice", "My INVOICE, please!"),
        ("factura", "¿Y mi factúra?"),
        ("información", "quiero informacion"),
        ("información", "quiero informacio\u0301n"),
        ("track order", "please track: order 12"),
        ("bill*", "the billing"),
        ("track ord*", "track orders"),
        ("straße", "STRASSE"),
        ("\u200einvoice", "in\u200bvoice"),
        ("12", "order #12"),
        ("退款", "我想退款谢谢"),
        ("C++", "c"),
    ],
)
def test_found(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("bill", "billing"),
        ("bill*", "the abill"),
        ("track order", "order track"),
        ("track order", "track my order"),
        ("a.c", "abc"),
        ("invoice", ""),
        ("(a+)+$", "aaaa"),
    ],
)
def test_not_found(phrase: str, text: str) -> None:
    """Nothing in a phrase is a pattern, but for the star at its end."""
    assert not found(phrase, text)


@pytest.mark.parametrize("phrase", ["", " ", "*", "👍", ".*", "?!"])
def test_without_a_word(phrase: str) -> None:
    """Such a phrase would be in every text."""
    assert not pattern_of(phrase).strip()


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_a_word_is_found_wherever_it_stands(before: str, word: str, after: str) -> None:
    """Between blanks."""
    assert pattern_of(word) in words_of(f"{before} {word} {after}") or not pattern_of(word).strip()


@given(st.text(max_size=MAX_COMPARED // 4))
def test_case_makes_no_difference(text: str) -> None:
    """As with commands."""
    assert words_of(text.casefold()) == words_of(text)


def test_a_long_text_takes_no_time() -> None:
    """Only its beginning is looked at."""
    began = time.perf_counter()
    words_of("\u0301a" * 10_000_000)

    assert time.perf_counter() - began < 0.5
    assert found("invoice", "invoice " + "x " * MAX_COMPARED)
    assert not found("invoice", "x " * MAX_COMPARED + "invoice")
