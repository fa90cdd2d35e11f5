"""The language of a person."""

import pytest

from domain.messages.localized_texts import LocalizedText, likely_language
from domain.people.person import Person

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
def test_the_calling_code_gives_the_language(phone: str, language: str) -> None:
    """Codes have one, two or three digits."""
    assert likely_language(phone) == language


@pytest.mark.parametrize("phone", [None, "", "81312345678", "999", "0"])
def test_other_numbers_have_no_language(phone: str | None) -> None:
    """An unknown number, or a country without a text in its language."""
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
def test_people_get_texts_in_their_language(phone: str | None, text: str) -> None:
    """The default language is for people whose language is unknown or has no text."""
    assert WAIT.for_person(Person(user_id="7", phone=phone)) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Un momento, por favor."),
        ("ES", "Un momento, por favor."),
        ("es-419", "Un momento, por favor."),
        ("es_MX", "Un momento, por favor."),
        ("nl", "Please wait."),
        ("", "Please wait."),
        (None, "Please wait."),
    ],
)
def test_the_language_that_the_channel_tells_comes_first(language: str | None, text: str) -> None:
    """The calling code counts where there is no text in that language."""
    assert WAIT.for_person(Person(phone="15550002222", language=language)) == text


def test_a_default_without_a_text_is_refused() -> None:
    """Some people would get no text."""
    with pytest.raises(ValueError, match="no text in the default language 'en'"):
        LocalizedText(by_language={"es": "Un momento, por favor."}, default="en")
