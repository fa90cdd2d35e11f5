"""Parts that a person can tap, as the Graph API accepts them."""

from typing import Any

import pytest

from adapters.channel_kit.contracts.parts import LARGE, LINK, SMALL
from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    FormPart,
    LinkPart,
    MenuPart,
    MenuSection,
)
from domain.messages.shared_values import Choice
from support.sending import requested
from support.strict_graph import StrictGraph


async def test_buttons(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Each with the id that comes back."""
    part = ButtonsPart(body="Which size?", choices=(SMALL, LARGE), footer="Today only")

    assert (await requested(messenger, graph, part))["interactive"] == {
        "type": "button",
        "body": {"text": "Which size?"},
        "footer": {"text": "Today only"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "size-s", "title": "Small"}},
                {"type": "reply", "reply": {"id": "size-l", "title": "Large"}},
            ]
        },
    }


async def test_a_list(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Sections of rows behind a button."""
    described = Choice(id="size-xl", title="Extra large", description="For two")
    sections = (MenuSection(title="Usual", choices=(SMALL, LARGE)), MenuSection(title="More", choices=(described,)))

    part = MenuPart(body="Which size?", button="Sizes", sections=sections)

    assert (await requested(messenger, graph, part))["interactive"] == {
        "type": "list",
        "body": {"text": "Which size?"},
        "action": {
            "button": "Sizes",
            "sections": [
                {
                    "title": "Usual",
                    "rows": [{"id": "size-s", "title": "Small"}, {"id": "size-l", "title": "Large"}],
                },
                {"title": "More", "rows": [{"id": "size-xl", "title": "Extra large", "description": "For two"}]},
            ],
        },
    }


async def test_a_link(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """As a button that opens it."""
    part = LinkPart(body="All we have", title="See the menu", url=LINK)

    assert (await requested(messenger, graph, part))["interactive"] == {
        "type": "cta_url",
        "body": {"text": "All we have"},
        "action": {"name": "cta_url", "parameters": {"display_text": "See the menu", "url": LINK}},
    }


async def test_a_contact_request(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """WhatsApp writes the title of its button itself."""
    part = ContactRequestPart(body="Your number?", title="Share my number")

    assert (await requested(messenger, graph, part))["interactive"] == {
        "type": "request_contact_info",
        "body": {"text": "Your number?"},
        "action": {"name": "request_contact_info"},
    }


@pytest.mark.parametrize(
    ("screen", "more"),
    [("", {}), ("SIZES", {"flow_action": "navigate", "flow_action_payload": {"screen": "SIZES"}})],
)
async def test_a_form(graph: StrictGraph, messenger: GraphMessenger, screen: str, more: dict[str, Any]) -> None:
    """Meta's flow, from its first screen or the one that is named."""
    part = FormPart(body="A few questions", button="Answer them", form="900100200300", screen=screen)
    flow = {"flow_message_version": "3", "flow_id": "900100200300", "flow_cta": "Answer them"}

    assert (await requested(messenger, graph, part))["interactive"] == {
        "type": "flow",
        "body": {"text": "A few questions"},
        "action": {"name": "flow", "parameters": flow | more},
    }


@pytest.mark.parametrize(
    "part",
    [
        LinkPart(body="All we have", title="See the menu", url=LINK, footer="Until Friday"),
        FormPart(body="A few questions", button="Answer them", form="900100200300", footer="Until Friday"),
    ],
)
async def test_a_footer(graph: StrictGraph, messenger: GraphMessenger, part: LinkPart | FormPart) -> None:
    """Below a link and a form as well."""
    assert (await requested(messenger, graph, part))["interactive"]["footer"] == {"text": "Until Friday"}
