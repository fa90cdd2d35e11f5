"""Templates, as the Graph API accepts them."""

from typing import Any

import pytest

from adapters.channel_kit.contracts.parts import LINK
from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.messages.outbound import (
    MediaPart,
    TemplatePart,
)
from domain.messages.shared_values import MediaKind
from support.sending import requested
from support.strict_graph import StrictGraph


async def test_a_template(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Its parameters in order, each in one line, and the payloads of its buttons."""
    part = TemplatePart(
        name="order_ready", language="en_US", parameters=("Ana", "2\n\tpizzas"), payloads=("coming", "not coming")
    )

    assert await requested(messenger, graph, part) == {
        "type": "template",
        "template": {
            "name": "order_ready",
            "language": {"code": "en_US"},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "2 pizzas"}]},
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": "0",
                    "parameters": [{"type": "payload", "payload": "coming"}],
                },
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": "1",
                    "parameters": [{"type": "payload", "payload": "not coming"}],
                },
            ],
        },
    }


async def test_a_template_with_named_parameters(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Their names are sent too."""
    part = TemplatePart(name="hello", language="es", named_parameters=(("name", "Ana"), ("size", "grande")))

    (body,) = (await requested(messenger, graph, part))["template"]["components"]

    assert body["parameters"] == [
        {"type": "text", "parameter_name": "name", "text": "Ana"},
        {"type": "text", "parameter_name": "size", "text": "grande"},
    ]


@pytest.mark.parametrize(
    ("header", "parameter"),
    [
        ({"header_text": "Ana\nSoto"}, {"type": "text", "text": "Ana Soto"}),
        (
            {"header_file": MediaPart(kind=MediaKind.IMAGE, link=LINK, caption="Ours")},
            {"type": "image", "image": {"link": LINK}},
        ),
        (
            {"header_file": MediaPart(kind=MediaKind.DOCUMENT, link=LINK, filename="menu.pdf")},
            {"type": "document", "document": {"link": LINK, "filename": "menu.pdf"}},
        ),
    ],
    ids=["text", "image", "document"],
)
async def test_a_template_with_a_header(
    graph: StrictGraph, messenger: GraphMessenger, header: dict[str, Any], parameter: object
) -> None:
    """A text in one line, or a file without a caption."""
    part = TemplatePart(name="hello", language="es", **header)

    assert (await requested(messenger, graph, part))["template"]["components"] == [
        {"type": "header", "parameters": [parameter]}
    ]


async def test_a_template_with_links_of_its_own(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """A blank value stands for another kind of button, or for a link that is always the same."""
    part = TemplatePart(name="hello", language="es", payloads=("coming", ""), urls=("", "", "4711"))

    assert (await requested(messenger, graph, part))["template"]["components"] == [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "coming"}],
        },
        {"type": "button", "sub_type": "url", "index": "2", "parameters": [{"type": "text", "text": "4711"}]},
    ]


async def test_a_template_without_places_to_fill(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Needs no components."""
    part = TemplatePart(name="hello", language="es")

    assert (await requested(messenger, graph, part))["template"] == {"name": "hello", "language": {"code": "es"}}
