"""Texts, files, places, contacts and reactions, as the Graph API accepts them."""

from typing import Any

import pytest

from adapters.channel_kit.contracts.parts import LINK
from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.messages.outbound import (
    ContactsPart,
    LocationPart,
    MediaPart,
    ReactionPart,
    TextPart,
)
from domain.messages.shared_values import ContactCard, Location, MediaKind
from support.sending import requested
from support.strict_graph import StrictGraph


async def test_a_text_as_a_reply(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Beside its body."""
    assert await requested(messenger, graph, TextPart(body="Yes", reply_to="wamid.7")) == {
        "type": "text",
        "text": {"body": "Yes", "preview_url": False},
        "context": {"message_id": "wamid.7"},
    }


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
    graph: StrictGraph, messenger: GraphMessenger, kind: MediaKind, expected: dict[str, Any]
) -> None:
    """Captions and names only where Meta accepts them."""
    part = MediaPart(kind=kind, link=LINK, caption="Ours", filename="menu.pdf")

    assert await requested(messenger, graph, part) == expected


async def test_a_file_by_its_id(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """The id is enough."""
    part = MediaPart(kind=MediaKind.IMAGE, id="1234567890", link=LINK)

    assert await requested(messenger, graph, part) == {"type": "image", "image": {"id": "1234567890"}}


async def test_a_location(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Its degrees are strings, and none is in scientific notation."""
    place = Location(latitude=0.00001, longitude=-122.1, name="The shop", address="1 Main Street")

    assert await requested(messenger, graph, LocationPart(location=place)) == {
        "type": "location",
        "location": {
            "latitude": "0.000010",
            "longitude": "-122.100000",
            "name": "The shop",
            "address": "1 Main Street",
        },
    }


async def test_contacts(graph: StrictGraph, messenger: GraphMessenger) -> None:
    """Meta wants a part of the name beside the formatted one."""
    card = ContactCard(name="Ana Soto", phones=("+1555",), emails=("ana@shop.example",), organisation="The shop")

    assert await requested(messenger, graph, ContactsPart(cards=(card, ContactCard(name="Bo")))) == {
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


@pytest.mark.parametrize(
    ("phone", "wa_id"),
    [
        ("+56 9 5555-0100", "56955550100"),
        ("+1 (555) 000.2222", "15550002222"),
        ("9 5555 0100", ""),
        ("+12", ""),
        ("+", ""),
    ],
)
async def test_a_number_with_its_country_can_be_written_to(
    graph: StrictGraph, messenger: GraphMessenger, phone: str, wa_id: str
) -> None:
    """Without a `wa_id`, a card offers to invite the person, who may already be on WhatsApp."""
    message = await requested(messenger, graph, ContactsPart(cards=(ContactCard(name="Ana", phones=(phone,)),)))

    assert message["contacts"][0]["phones"] == [{"phone": phone} | ({"wa_id": wa_id} if wa_id else {})]


@pytest.mark.parametrize("emoji", ["👍", ""])
async def test_a_reaction(graph: StrictGraph, messenger: GraphMessenger, emoji: str) -> None:
    """An empty one takes it back."""
    assert await requested(messenger, graph, ReactionPart(message_id="wamid.7", emoji=emoji)) == {
        "type": "reaction",
        "reaction": {"message_id": "wamid.7", "emoji": emoji},
    }
