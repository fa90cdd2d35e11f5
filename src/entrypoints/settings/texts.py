"""The sentences we ship, and those of the user merged over them."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import NewType

import yaml
from attrs import evolve, fields, frozen

from domain.messages.localized_texts import LocalizedText, Texts
from entrypoints.settings.errors import SettingError

SHIPPED_LANGUAGE = "en"
LanguageCode = NewType("LanguageCode", str)
Sentence = NewType("Sentence", str)
TextBlock = Sentence | Mapping[LanguageCode, Sentence]


@frozen(kw_only=True)
class TextsBlock:
    """`texts` as it is written: each sentence for everybody, or by language; what is not written stays as shipped."""

    error: TextBlock | None = None
    please_wait: TextBlock | None = None
    unsupported: TextBlock | None = None
    late: TextBlock | None = None
    new_session: TextBlock | None = None
    handed_over: TextBlock | None = None
    file_failed: TextBlock | None = None
    choose: TextBlock | None = None


@functools.cache
def shipped_texts() -> Texts:
    content = yaml.safe_load(resources.files(__package__).joinpath("texts.yaml").read_bytes())
    return Texts(**{name: LocalizedText(by_language=told, default=SHIPPED_LANGUAGE) for name, told in content.items()})


def merged(block: TextsBlock) -> Texts:
    """The shipped texts with those of `block` in their place."""
    shipped = shipped_texts()
    written = {field.name: getattr(block, field.name) for field in fields(TextsBlock)}
    changes = {name: _merge(told, getattr(shipped, name)) for name, told in written.items() if told is not None}
    return evolve(shipped, **changes)


def in_language(texts: Texts, language: str) -> Texts:
    """The same texts for people whose language is unknown or not written: in `language`.

    Raises:
        SettingError: when one of them does not exist in it.
    """
    return Texts(
        **{field.name: _defaulting(field.name, getattr(texts, field.name), language) for field in fields(Texts)}
    )


def _merge(told: TextBlock, shipped: LocalizedText) -> LocalizedText:
    if isinstance(told, str):
        return LocalizedText(by_language={SHIPPED_LANGUAGE: told}, default=SHIPPED_LANGUAGE)
    return evolve(
        shipped, by_language=dict(shipped.by_language) | {str(language): str(said) for language, said in told.items()}
    )


def _defaulting(name: str, text: LocalizedText, language: str) -> LocalizedText:
    if len(text.by_language) == 1:
        return text
    if language not in text.by_language:
        raise SettingError(
            f"there is no {name} text in the language {language}",
            mend=f"write texts.{name}.{language}, or choose one of {', '.join(text.by_language)}",
        )
    return evolve(text, default=language)
