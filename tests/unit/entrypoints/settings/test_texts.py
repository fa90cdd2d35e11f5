"""The texts that people get when the agent does not answer."""

import pytest
from attrs import fields

from domain.messages.localized_texts import LocalizedText, Texts
from domain.people.person import Person
from entrypoints.texts import shipped_texts
from support.configuration import ConfigurationDirectory

BUTTONS = ("choose", "confirm", "decline")
LANGUAGES = ("en", "es", "pt", "de", "fr", "it")
NOBODY = Person(user_id="US.1")
GERMAN, BRAZILIAN, DUTCH = (Person(phone=phone) for phone in ("491700000000", "5511900000000", "31600000000"))


def texts(config: ConfigurationDirectory, block: str = "", **keys: str) -> Texts:
    config.write_whatsapp(block, **keys)
    return config.load().channels[0].texts


@pytest.mark.parametrize("name", [field.name for field in fields(Texts)])
def test_every_sentence_is_shipped_in_every_language(name: str) -> None:
    text: LocalizedText = getattr(shipped_texts(), name)

    assert tuple(text.by_language) == LANGUAGES
    assert text.default == "en"
    assert len(set(text.by_language.values())) == len(LANGUAGES)
    assert all(sentence == sentence.strip() and len(sentence) < 200 for sentence in text.by_language.values())
    assert all(sentence[-1] in ".?" for sentence in text.by_language.values()) or name in BUTTONS


def test_the_shipped_button_titles_fit() -> None:
    """None of them is cut."""
    titles = [title for name in BUTTONS for title in getattr(shipped_texts(), name).by_language.values()]

    assert all(len(title) <= 20 for title in titles)


def test_without_texts_the_shipped_ones_are_used(config: ConfigurationDirectory) -> None:
    loaded = texts(config).please_wait

    assert loaded.for_person(GERMAN).startswith("Wir haben in kurzer Zeit")
    assert loaded.for_person(DUTCH).startswith("You have sent us many messages")


def test_a_single_text_is_for_all_languages(config: ConfigurationDirectory) -> None:
    loaded = texts(config, "texts:\n  error: Ahoy.\n", language="de")

    assert {loaded.error.for_person(person) for person in (NOBODY, GERMAN, BRAZILIAN)} == {"Ahoy."}
    assert loaded.please_wait == texts(config, language="de").please_wait


def test_languages_are_merged_over_the_shipped_ones(config: ConfigurationDirectory) -> None:
    loaded = texts(config, "texts:\n  error: {de: Hoppla., nl: Oeps.}\n").error

    assert loaded.for_person(GERMAN) == "Hoppla."
    assert loaded.for_person(BRAZILIAN).startswith("Desculpe")
    assert loaded.by_language["nl"] == "Oeps."


def test_the_language_of_the_channel_is_for_people_whose_own_is_unknown(config: ConfigurationDirectory) -> None:
    loaded = texts(config, language="fr").error

    assert loaded.for_person(NOBODY).startswith("Désolés")
    assert loaded.for_person(GERMAN).startswith("Entschuldigung")


def test_a_language_we_do_not_ship_works_once_all_sentences_are_written(config: ConfigurationDirectory) -> None:
    block = "texts:\n" + "".join(f"  {text.name}: {{nl: Oeps.}}\n" for text in fields(Texts))

    loaded = texts(config, block, language="nl")

    assert loaded.error.for_person(DUTCH) == "Oeps."


def test_a_language_without_a_sentence_is_named(config: ConfigurationDirectory) -> None:
    config.write_whatsapp("texts:\n  error: {nl: Oeps.}\n", language="nl")

    expected = "there is no please_wait text in the language nl; write texts.please_wait.nl, or choose one of en, es"
    assert expected in config.error()


def test_a_text_may_span_lines(config: ConfigurationDirectory) -> None:
    loaded = texts(config, "texts:\n  error: |\n    One.\n    Two.\n").error

    assert loaded.for_person(NOBODY) == "One.\nTwo."


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ('{error: ""}', "texts.error: is empty; write a sentence, or remove the key to keep ours"),
        ("{error: }", "texts.error: must be text, but is nothing; give it a value"),
        ("{error: {es: 5}}", "texts.error.es: must be text, but is a number; put the value in quotes"),
        ("{error: {es: ' '}}", "texts.error.es: is empty; write a sentence"),
        ("{error: {pt-BR: Oi.}}", "texts.error.pt-BR: is not a language code; write the bare code of the language"),
        ("{error: {no: Hei.}}", "texts.error.False: must be text, but is true or false; put the value in quotes"),
        ("{pleasewait: x}", "texts: unknown key pleasewait; did you mean please_wait?"),
        ('{error: "${TEXT}"}', "texts.error: the environment variable TEXT is not set; set the environment variable"),
    ],
)
def test_a_wrong_text_is_named(config: ConfigurationDirectory, block: str, message: str) -> None:
    config.write_whatsapp(texts=block)

    assert f"channels.whatsapp.{message}" in config.error()


def test_a_welcome_may_be_missing_in_the_language_of_a_channel(config: ConfigurationDirectory) -> None:
    """Many channels never send one. All others must be written."""
    names = [field.name for field in fields(Texts) if field.name != "welcome"]
    block = "texts:\n" + "".join(f"  {name}: {{nl: Hoi.}}\n" for name in names)

    loaded = texts(config, block, language="nl")

    assert loaded.error.for_person(DUTCH) == "Hoi."
    assert loaded.welcome.for_person(DUTCH) == shipped_texts().welcome.for_person(DUTCH)
