"""Which language people are addressed in."""

import pytest

from domain.messages.localized_texts import LocalizedText, likely_language

WAIT = LocalizedText(
    by_language={"en": "Please wait.", "es": "Un momento, por favor.", "de": "Bitte warten."}, default="de"
)


@pytest.mark.parametrize(
    ("phone", "language"),
    [
        ("15550002222", "en"),
        ("447700900123", "en"),
        ("353861234567", "en"),
        ("5215512345678", "es"),
        ("34600123456", "es"),
        ("593991234567", "es"),
        ("5511987654321", "pt"),
        ("351912345678", "pt"),
        ("491701234567", "de"),
        ("33612345678", "fr"),
        ("393331234567", "it"),
    ],
)
def test_the_country_code_tells_the_language(phone: str, language: str) -> None:
    """Codes of one, two and three digits are told apart."""
    assert likely_language(phone) == language


@pytest.mark.parametrize("phone", [None, "", "81312345678", "999", "0"])
def test_elsewhere_it_would_be_a_guess(phone: str | None) -> None:
    """An unknown number, or a country whose language we have no texts for."""
    assert likely_language(phone) is None


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        ("15550002222", "Please wait."),
        ("34600123456", "Un momento, por favor."),
        ("33612345678", "Bitte warten."),
        ("81312345678", "Bitte warten."),
        (None, "Bitte warten."),
    ],
)
def test_people_are_told_in_their_language(phone: str | None, text: str) -> None:
    """In the default one where theirs is unknown, or where there is no text in it."""
    assert WAIT.for_phone(phone) == text


def test_a_default_without_a_text_is_refused() -> None:
    """Somebody would be told nothing."""
    with pytest.raises(ValueError, match="no text in the default language 'en'"):
        LocalizedText(by_language={"es": "Un momento, por favor."}, default="en")
