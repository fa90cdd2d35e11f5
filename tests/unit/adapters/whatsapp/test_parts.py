"""Each kind of part on its way to a Graph API that refuses what Meta refuses."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from attrs import evolve

from adapters.whatsapp.messenger import GraphMessenger
from domain.contents import Choice, ContactCard, Location, MediaKind
from domain.conversations import Person
from domain.parts import (
    ButtonsPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from support.messages import ANA
from support.parts import LARGE, LINK, PARTS, SMALL
from support.picky_graph import PickyGraph, picky_graph
from support.whatsapp_payloads import NUMBER

HIDDEN = Person(user_id="US.13491208655302741918")
ENVELOPE = {"messaging_product", "recipient_type", "to", "biz_opaque_callback_data"}


@pytest.fixture
async def graph() -> AsyncIterator[PickyGraph]:
    async with picky_graph() as server:
        yield server


@pytest.fixture
async def messenger(graph: PickyGraph) -> AsyncIterator[GraphMessenger]:
    async with httpx.AsyncClient() as client:
        yield GraphMessenger(
            client=client, api_url=graph.url, api_version="v25.0", phone_number_id=NUMBER, access_token="test-token"
        )


async def sent(messenger: GraphMessenger, graph: PickyGraph, part: Part) -> Any:
    """The request that says `part`, without what every request has."""
    await messenger.send(part=part, to=ANA, reference="turn/0/whatsapp:1")
    return {name: value for name, value in graph.sent[-1].body.items() if name not in ENVELOPE}


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_every_kind_arrives(graph: PickyGraph, messenger: GraphMessenger, part: Part) -> None:
    """Presented as one part, and taken."""
    (shown,) = messenger.present(part=part)

    message_id = await messenger.send(part=shown, to=ANA, reference="turn/0/whatsapp:1")

    assert message_id == "wamid.sent.1"
    assert graph.sent[0].body["to"] == "+15550002222"
    assert graph.complaints == []


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_every_kind_reaches_somebody_without_a_phone_number(
    graph: PickyGraph, messenger: GraphMessenger, part: Part
) -> None:
    """By the user id, which never gets into `to`."""
    await messenger.send(part=part, to=HIDDEN, reference="")

    assert graph.sent[0].body["recipient"] == HIDDEN.user_id
    assert "to" not in graph.sent[0].body


@pytest.mark.parametrize("part", [part for part in PARTS if hasattr(part, "reply_to")], ids=str)
async def test_a_reply_names_what_it_replies_to(graph: PickyGraph, messenger: GraphMessenger, part: Any) -> None:
    """As its context."""
    (shown,) = messenger.present(part=evolve(part, reply_to="wamid.7"))

    request = await sent(messenger, graph, shown)

    assert request["context"] == {"message_id": "wamid.7"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (MediaKind.IMAGE, {"type": "image", "image": {"link": LINK, "caption": "Ours"}}),
        (MediaKind.VIDEO, {"type": "video", "video": {"link": LINK, "caption": "Ours"}}),
        (
            MediaKind.DOCUMENT,
            {"type": "document", "document": {"link": LINK, "caption": "Ours", "filename": "menu.pdf"}},
        ),
        (MediaKind.AUDIO, {"type": "audio", "audio": {"link": LINK}}),
        (MediaKind.VOICE, {"type": "audio", "audio": {"link": LINK, "voice": True}}),
        (MediaKind.STICKER, {"type": "sticker", "sticker": {"link": LINK}}),
    ],
)
async def test_a_file_by_its_address(
    graph: PickyGraph, messenger: GraphMessenger, kind: MediaKind, expected: dict[str, Any]
) -> None:
    """Captions and names only where Meta takes them."""
    part = MediaPart(kind=kind, link=LINK, caption="Ours", filename="menu.pdf")

    assert await sent(messenger, graph, part) == expected


async def test_a_file_by_its_id(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Which is enough."""
    part = MediaPart(kind=MediaKind.IMAGE, id="1234567890", link=LINK)

    assert await sent(messenger, graph, part) == {"type": "image", "image": {"id": "1234567890"}}


async def test_a_location(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Its degrees are strings, and none is in scientific notation."""
    place = Location(latitude=0.00001, longitude=-122.1, name="The shop", address="1 Main Street")

    assert await sent(messenger, graph, LocationPart(location=place)) == {
        "type": "location",
        "location": {
            "latitude": "0.000010",
            "longitude": "-122.100000",
            "name": "The shop",
            "address": "1 Main Street",
        },
    }


async def test_contacts(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Meta wants a part of the name beside the formatted one."""
    card = ContactCard(name="Ana Soto", phones=("+1555",), emails=("ana@shop.example",), organisation="The shop")

    assert await sent(messenger, graph, ContactsPart(cards=(card, ContactCard(name="Bo")))) == {
        "type": "contacts",
        "contacts": [
            {
                "name": {"formatted_name": "Ana Soto", "first_name": "Ana Soto"},
                "phones": [{"phone": "+1555"}],
                "emails": [{"email": "ana@shop.example"}],
                "org": {"company": "The shop"},
            },
            {"name": {"formatted_name": "Bo", "first_name": "Bo"}},
        ],
    }


@pytest.mark.parametrize("emoji", ["👍", ""])
async def test_a_reaction(graph: PickyGraph, messenger: GraphMessenger, emoji: str) -> None:
    """An empty one takes it back."""
    assert await sent(messenger, graph, ReactionPart(message_id="wamid.7", emoji=emoji)) == {
        "type": "reaction",
        "reaction": {"message_id": "wamid.7", "emoji": emoji},
    }


async def test_buttons(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Each with what comes back."""
    part = ButtonsPart(body="Which size?", choices=(SMALL, LARGE), footer="Today only")

    assert (await sent(messenger, graph, part))["interactive"] == {
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


async def test_a_list(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Sections of rows behind a button."""
    described = Choice(id="size-xl", title="Extra large", description="For two")
    sections = (MenuSection(title="Usual", choices=(SMALL, LARGE)), MenuSection(title="More", choices=(described,)))

    part = MenuPart(body="Which size?", button="Sizes", sections=sections)

    assert (await sent(messenger, graph, part))["interactive"] == {
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


async def test_a_link(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """As a button that opens it."""
    part = LinkPart(body="All we have", title="See the menu", url=LINK)

    assert (await sent(messenger, graph, part))["interactive"] == {
        "type": "cta_url",
        "body": {"text": "All we have"},
        "action": {"name": "cta_url", "parameters": {"display_text": "See the menu", "url": LINK}},
    }


@pytest.mark.parametrize(
    ("screen", "more"),
    [("", {}), ("SIZES", {"flow_action": "navigate", "flow_action_payload": {"screen": "SIZES"}})],
)
async def test_a_form(graph: PickyGraph, messenger: GraphMessenger, screen: str, more: dict[str, Any]) -> None:
    """Meta's flow, from its first screen or the one that is named."""
    part = FormPart(body="A few questions", button="Answer them", form="900100200300", screen=screen)
    flow = {"flow_message_version": "3", "flow_id": "900100200300", "flow_cta": "Answer them"}

    assert (await sent(messenger, graph, part))["interactive"] == {
        "type": "flow",
        "body": {"text": "A few questions"},
        "action": {"name": "flow", "parameters": flow | more},
    }


async def test_a_template(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """With parameters in order, in one line each, and what its buttons send back."""
    part = TemplatePart(
        name="order_ready", language="en_US", parameters=("Ana", "2\n\tpizzas"), payloads=("coming", "not coming")
    )

    assert await sent(messenger, graph, part) == {
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


async def test_a_template_with_named_parameters(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Their names go along."""
    part = TemplatePart(name="hello", language="es", named_parameters=(("name", "Ana"), ("size", "grande")))

    (body,) = (await sent(messenger, graph, part))["template"]["components"]

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
    graph: PickyGraph, messenger: GraphMessenger, header: dict[str, Any], parameter: object
) -> None:
    """Words in one line, or a file; headers have no caption."""
    part = TemplatePart(name="hello", language="es", **header)

    assert (await sent(messenger, graph, part))["template"]["components"] == [
        {"type": "header", "parameters": [parameter]}
    ]


async def test_a_template_with_links_of_its_own(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """What is blank is another kind of button, or a link that always leads to the same place."""
    part = TemplatePart(name="hello", language="es", payloads=("coming", ""), urls=("", "", "4711"))

    assert (await sent(messenger, graph, part))["template"]["components"] == [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "coming"}],
        },
        {"type": "button", "sub_type": "url", "index": "2", "parameters": [{"type": "text", "text": "4711"}]},
    ]


async def test_a_template_without_places_to_fill(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Needs no components."""
    part = TemplatePart(name="hello", language="es")

    assert (await sent(messenger, graph, part))["template"] == {"name": "hello", "language": {"code": "es"}}


async def test_a_text_as_a_reply(graph: PickyGraph, messenger: GraphMessenger) -> None:
    """Beside its body."""
    assert await sent(messenger, graph, TextPart(body="Yes", reply_to="wamid.7")) == {
        "type": "text",
        "text": {"body": "Yes", "preview_url": False},
        "context": {"message_id": "wamid.7"},
    }
