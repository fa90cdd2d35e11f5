"""Message templates: the check of a send, and the templates of the business.

Source: Meta, "Template messages" of the Cloud API (2026).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from simulator.graph_api.errors import invalid_value, refusal
from simulator.graph_api.json_fields import json_object, json_objects, text

NAME = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
COMPONENTS = frozenset(("body", "button", "header"))
MAX_COMPONENTS = 10

type Data = Mapping[str, Any]


def read_template(content: Data) -> str:
    """Check a `template` object. Returns its name in brackets.

    Raises:
        GraphError: Meta refuses it.
    """
    if not NAME.fullmatch(text(content, "name")):
        raise refusal(132001, f"template name ({content['name']}) does not exist")
    if not LANGUAGE.fullmatch(text(json_object(content, "language"), "code")):
        raise invalid_value("Param language['code'] is not a language.")
    for component in json_objects(content, "components", max_items=MAX_COMPONENTS) if content.get("components") else ():
        if text(component, "type").lower() not in COMPONENTS:
            raise invalid_value(f"Param components['type'] must be one of {{{', '.join(sorted(COMPONENTS))}}}.")
        if not str(component.get("index", 0)).isdecimal():
            raise invalid_value("Param index must be a number.")
        if component.get("parameters"):
            for parameter in json_objects(component, "parameters", max_items=100):
                text(parameter, "type")
    return f"[{content['name']}]"


@frozen(kw_only=True)
class Template:
    """An approved template. A placeholder in its body is {{1}} or {{name}}. `buttons` are its quick replies."""

    name: str
    body: str
    language: str = "en_US"
    buttons: tuple[str, ...] = ()


class Templates:
    """The templates of the business. While there are none, a send may use any name."""

    def __init__(self) -> None:
        self._templates: dict[tuple[str, str], Template] = {}

    def put(self, template: Template) -> None:
        self._templates[template.name, template.language] = template

    def fill(self, content: Data) -> tuple[str, Sequence[Mapping[str, str]]]:
        """The text and the quick replies that the person sees. A quick reply has a `text` and a `payload`.

        Raises:
            GraphError: there is no such template, or the parameters do not fit its placeholders.
        """
        name, language = str(content["name"]), text(json_object(content, "language"), "code")
        values = _values(content)
        payloads = _payloads(content)
        if not self._templates:
            return " ".join((f"[{name}]", *values.values())), _buttons((), payloads)
        template = self._templates.get((name, language))
        if template is None:
            raise refusal(132001, f"template name ({name}) does not exist in {language}")
        placeholders = PLACEHOLDER.findall(template.body)
        if set(placeholders) != set(values):
            raise refusal(
                132000, f"body: number of localizable_params ({len(values)}) does not match {len(placeholders)}"
            )
        return PLACEHOLDER.sub(lambda found: values[found[1]], template.body), _buttons(template.buttons, payloads)


def _values(content: Data) -> dict[str, str]:
    """The parameters of the body, by name, or by position from 1."""
    parameters = [parameter for part in _components(content, "body") for parameter in part.get("parameters") or ()]
    return {
        str(parameter.get("parameter_name", position)): str(parameter.get("text", ""))
        for position, parameter in enumerate(parameters, start=1)
    }


def _payloads(content: Data) -> dict[int, str]:
    return {
        int(str(part.get("index", 0))): str((part.get("parameters") or [{}])[0].get("payload", ""))
        for part in _components(content, "button")
        if part.get("sub_type") == "quick_reply"
    }


def _components(content: Data, kind: str) -> list[Mapping[str, Any]]:
    return [part for part in content.get("components") or () if part["type"].lower() == kind]


def _buttons(titles: tuple[str, ...], payloads: Mapping[int, str]) -> list[Mapping[str, str]]:
    """The quick replies. One without a title shows its payload, and one without a payload sends its title."""
    shown = dict(enumerate(titles)) or dict(payloads)
    return [{"text": title, "payload": payloads.get(index) or title} for index, title in sorted(shown.items())]
