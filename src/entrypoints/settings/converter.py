"""From parsed YAML to settings: nothing is converted silently, every problem is found, none stops the search."""

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from cattrs import Converter, transform_error
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, override

from domain.conversations.loops import LoopPolicy
from domain.messages.localized_texts import Texts
from domain.messages.parts import TemplateCategory
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.staleness import StalePolicy
from entrypoints.settings import values
from entrypoints.settings.errors import SettingError
from entrypoints.settings.secret import Secret
from entrypoints.settings.texts import LanguageCode, Sentence, TextBlock, TextsBlock, merged


def settings_converter() -> Converter:
    """Structures settings classes; raises groups of `SettingError` and cattrs' own, which `explain` reads."""
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, lambda value, _: values.text(value))
    converter.register_structure_hook(int, lambda value, _: values.whole_number(value))
    converter.register_structure_hook(float, lambda value, _: values.number(value))
    converter.register_structure_hook(bool, lambda value, _: values.switch(value))
    converter.register_structure_hook(Path, lambda value, _: values.path(value))
    converter.register_structure_hook(Secret, lambda value, _: Secret(values.text(value)))
    converter.register_structure_hook(Secret | None, lambda value, _: values.optional_secret(value))
    converter.register_structure_hook_func(
        lambda kind: kind == tuple[Secret, ...], lambda value, _: values.secrets(value)
    )
    converter.register_structure_hook_func(lambda kind: kind == tuple[str, ...], lambda value, _: values.texts(value))
    converter.register_structure_hook(LanguageCode, lambda value, _: values.language(value))
    converter.register_structure_hook(Sentence, lambda value, _: values.sentence(value))
    converter.register_structure_hook(TextBlock | None, lambda value, _: _told(value, converter))
    converter.register_structure_hook_factory(attrs.has, lambda kind: _block_hook(kind, converter))
    for policy in (RateLimitPolicy, LoopPolicy):
        converter.register_structure_hook(policy | None, _unless_off(policy, converter))
    converter.register_structure_hook(StalePolicy, lambda value, _: values.one_of(value, StalePolicy))
    converter.register_structure_hook(
        TemplateCategory | None, lambda value, _: None if value is None else values.one_of(value, TemplateCategory)
    )
    converter.register_structure_hook(Texts, lambda value, _: merged(converter.structure(value, TextsBlock)))
    return converter


def _unless_off(policy: type[Any], converter: Converter) -> Callable[[Any, Any], Any]:
    """A block of a policy, or `null` or `false` for none."""
    return lambda value, _: None if value is None or value is False else converter.structure(value, policy)


def explain(error: BaseException, *, key: str) -> list[tuple[str, str, str]]:
    """Key path, message and mend of every problem in an error of the converter, for the block at `key`."""
    lines = [line.rpartition(" @ ") for line in transform_error(error, key, _describe)]
    return [(re.sub(r"\['([^']*)'\]", r".\1", path).strip("."), *_halves(said)) for said, _, path in lines]


def unknown_key(name: object, known: list[str]) -> SettingError:
    close = difflib.get_close_matches(str(name), known, n=1)
    mend = f"did you mean {close[0]}?" if close else f"remove it; known keys are {', '.join(known)}"
    return SettingError(f"unknown key {name}", mend=mend)


def _block_hook(kind: type[Any], converter: Converter) -> Callable[[Any, Any], Any]:
    """Structures one settings class; validators run on each value, so that every wrong one is found, not the first."""
    checked: dict[str, Any] = {
        field.name: override(struct_hook=_checked(field, converter)) for field in attrs.fields(kind) if field.validator
    }
    structure = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **checked)
    return lambda value, _: structure(values.block(value), kind)


def _checked(field: "attrs.Attribute[Any]", converter: Converter) -> Callable[[Any, Any], Any]:
    def structure(value: Any, kind: Any) -> Any:
        structured = converter.structure(value, kind)
        if field.validator:
            field.validator(None, field, structured)
        return structured

    return structure


def _describe(error: BaseException, _: object) -> str:
    """Message and mend, a line each. The words of errors that are not ours may quote values: they are not used."""
    match error:
        case SettingError():
            return f"{error.message}\n{error.mend}"
        case ForbiddenExtraKeysError():
            known = [field.name for field in attrs.fields(error.cl) if field.name != "name"]
            found = [unknown_key(name, known) for name in sorted(error.extra_fields, key=str)]
            return "\n".join(("; ".join(one.message for one in found), "; ".join(one.mend for one in found)))
        case KeyError():
            return "is missing\nadd this key"
        case ValueError():  # attrs' own validators, which we only put on numbers
            return f"{error}\ncorrect the number"
        case _:
            return "has an unusable value\ncompare it with the documentation"


def _halves(said: str) -> tuple[str, str]:
    message, _, mend = said.partition("\n")
    return message, mend


def _told(value: object, converter: Converter) -> TextBlock:
    if isinstance(value, Mapping):
        return converter.structure(value, dict[LanguageCode, Sentence])
    return converter.structure(value, Sentence)
