"""Templates: what Meta takes of a send, and the ones a business has.

Source: Meta, "Template messages" of the Cloud API (2026).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from simulator.graph_api.errors import invalid_value, refusal
from simulator.graph_api.json_fields import an_object, objects, text

NAME = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
PLACE = re.compile(r"\{\{(\w+)\}\}")
COMPONENTS = frozenset(("body", "button", "header"))
MOST = 10

type Data = Mapping[str, Any]


def read_template(content: Data) -> str:
    """Check a `template` object; its name in brackets.

    Raises:
        GraphError: as Meta refuses it.
    """
    if not NAME.fullmatch(text(content, "name")):
        raise refusal(132001, f"template name ({content['name']}) does not exist")
    if not LANGUAGE.fullmatch(text(an_object(content, "language"), "code")):
        raise invalid_value("Param language['code'] is not a language.")
    for component in objects(content, "components", most=MOST) if content.get("components") else ():
        if text(component, "type").lower() not in COMPONENTS:
            raise invalid_value(f"Param components['type'] must be one of {{{', '.join(sorted(COMPONENTS))}}}.")
        if not str(component.get("index", 0)).isdecimal():
            raise invalid_value("Param index must be a number.")
        if component.get("parameters"):
            for parameter in objects(component, "parameters", most=100):
                text(parameter, "type")
    return f"[{content['name']}]"


@frozen(kw_only=True)
class Template:
    """An approved template: places in its body are written {{1}} or {{name}}; `buttons` are its quick replies."""

    name: str
    body: str
    language: str = "en_US"
    buttons: tuple[str, ...] = ()


class Templates:
    """The templates a business has. While there is none, any is taken as it is."""

    def __init__(self) -> None:
        self._templates: dict[tuple[str, str], Template] = {}

    def put(self, template: Template) -> None:
        self._templates[template.name, template.language] = template

    def fill(self, content: Data) -> tuple[str, Sequence[Mapping[str, str]]]:
        """The text and the quick replies, each with `text` and `payload`, that the person sees.

        Raises:
            GraphError: there is no such template, or its places are not as many as the parameters.
        """
        name, language = str(content["name"]), text(an_object(content, "language"), "code")
        values = _values(content)
        payloads = _payloads(content)
        if not self._templates:
            return " ".join((f"[{name}]", *values.values())), _buttons((), payloads)
        template = self._templates.get((name, language))
        if template is None:
            raise refusal(132001, f"template name ({name}) does not exist in {language}")
        places = PLACE.findall(template.body)
        if set(places) != set(values):
            raise refusal(132000, f"body: number of localizable_params ({len(values)}) does not match {len(places)}")
        return PLACE.sub(lambda place: values[place[1]], template.body), _buttons(template.buttons, payloads)


def _values(content: Data) -> dict[str, str]:
    """The parameters of the body, by name or by position."""
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
    """A quick reply nobody named shows its payload, and one without a payload sends its text."""
    shown = dict(enumerate(titles)) or dict(payloads)
    return [{"text": title, "payload": payloads.get(index) or title} for index, title in sorted(shown.items())]
