"""Read the texts of a channel from its settings: they replace the shipped ones."""

from collections.abc import Mapping

from attrs import evolve, fields

from domain.messages.localized_texts import LocalizedText, Texts
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import block, scalar, unknown_keys
from entrypoints.settings.validators import language_code
from entrypoints.texts import SHIPPED_LANGUAGE, shipped_texts

# Many channels never send these, so they may be missing in the language of a channel.
OPTIONAL = frozenset({"welcome", "over_budget", "proposal_done", "proposal_failed", "proposal_rejected"})
NAMES = tuple(field.name for field in fields(Texts))


def read_texts(value: object) -> Texts:
    """Read the block `texts`: each sentence for everybody, or by language. Shipped texts stay where it writes none.

    Raises:
        ConfigurationError: a name is unknown, or a sentence is not usable.
    """
    tree, shipped, changes = block(value), shipped_texts(), dict[str, LocalizedText]()
    problems = unknown_keys(tree, known=list(NAMES))
    for name in NAMES:
        if name in tree:
            with collected(problems, key=name):
                changes[name] = _localized(tree[name], getattr(shipped, name))
    if problems:
        raise ConfigurationError(problems)
    return evolve(shipped, **changes)


def read_text(value: object) -> LocalizedText:
    """Read one sentence for everybody, or one for each language; the first of them is for everybody else.

    Raises:
        ConfigurationError: a sentence is not usable.
    """
    if isinstance(value, Mapping) and value:
        first = next(iter(value.values()))
        ours = LocalizedText(by_language={str(next(iter(value))): str(first)}, default=str(next(iter(value))))
        return _localized(value, ours)
    return _localized(scalar(str, value), shipped_texts().error)


def _localized(value: object, shipped: LocalizedText) -> LocalizedText:
    if not isinstance(value, Mapping):
        return LocalizedText(by_language={SHIPPED_LANGUAGE: _sentence(value)}, default=SHIPPED_LANGUAGE)
    problems, by_language = list[Problem](), dict(shipped.by_language)
    for language, written in value.items():
        with collected(problems, key=language, value=written):
            language_code(None, None, scalar(str, language))
            by_language[language] = _sentence(written)
    if problems:
        raise ConfigurationError(problems)
    return evolve(shipped, by_language=by_language)


def _sentence(value: object) -> str:
    sentence = scalar(str, value).strip()
    if not sentence:
        raise ConfigurationError.of("is empty", fix="write a sentence, or remove the key to keep ours")
    return sentence


def in_language(texts: Texts, language: str) -> Texts:
    """The same texts, with `language` for people whose own language is unknown or not written.

    Raises:
        ConfigurationError: a text does not exist in it.
    """
    return Texts(**{name: _defaulting(name, getattr(texts, name), language) for name in NAMES})


def _defaulting(name: str, localized: LocalizedText, language: str) -> LocalizedText:
    if len(localized.by_language) == 1 or (name in OPTIONAL and language not in localized.by_language):
        return localized
    if language not in localized.by_language:
        raise ConfigurationError.of(
            f"there is no {name} text in the language {language}",
            fix=f"write texts.{name}.{language}, or choose one of {', '.join(localized.by_language)}",
        )
    return evolve(localized, default=language)
