"""The templates of the business."""

import pytest

from simulator.graph_api.errors import GraphError
from simulator.graph_api.templates import Template, Templates


def sending(*parameters: dict, payload: str = "") -> dict:
    components: list[dict] = [{"type": "body", "parameters": list(parameters)}]
    if payload:
        reply = {"type": "payload", "payload": payload}
        components.append({"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [reply]})
    return {"name": "hello", "language": {"code": "en_US"}, "components": components}


def text(words: str, name: str | None = None) -> dict:
    return {"type": "text", "text": words} | ({"parameter_name": name} if name else {})


def test_while_there_is_none_any_is_taken() -> None:
    """Without templates, any name is shown with its parameters."""
    assert Templates().fill(sending(text("Ana"), payload="yes")) == ("[hello] Ana", [{"text": "yes", "payload": "yes"}])


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        ("Hi {{1}}, it is {{2}}", (text("Ana"), text("noon"))),
        ("Hi {{who}}, it is {{when}}", (text("noon", "when"), text("Ana", "who"))),
    ],
)
def test_places_are_filled(body: str, parameters: tuple[dict, ...]) -> None:
    """Placeholders are filled by position or by name. A quick reply without a payload sends its text."""
    templates = Templates()
    templates.put(Template(name="hello", body=body, buttons=("Yes", "No")))

    words, replies = templates.fill(sending(*parameters, payload="yes-7"))

    assert words == "Hi Ana, it is noon"
    assert replies == [{"text": "Yes", "payload": "yes-7"}, {"text": "No", "payload": "No"}]


@pytest.mark.parametrize("parameters", [(), (text("Ana"), text("Ben")), (text("Ana", "who"),)])
def test_as_many_parameters_as_places(parameters: tuple[dict, ...]) -> None:
    """The wrong number of parameters is refused with 132000."""
    templates = Templates()
    templates.put(Template(name="hello", body="Hi {{1}}"))

    with pytest.raises(GraphError) as refused:
        templates.fill(sending(*parameters))

    assert refused.value.code == 132000
