"""Each kind of part, sent to the Graph API."""

from typing import Any

import pytest
from attrs import evolve

from adapters.channel_kit.contracts.parts import PARTS
from adapters.whatsapp.graph.messenger import GraphMessenger
from domain.messages.outbound import (
    Part,
)
from support.messages import ANA
from support.sending import HIDDEN, requested
from support.strict_graph import StrictGraph


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_every_kind_arrives(graph: StrictGraph, messenger: GraphMessenger, part: Part) -> None:
    """Rendered as one part, and accepted."""
    (shown,) = messenger.render(part=part)

    accepted = await messenger.send(part=shown, to=ANA, reference="turn/0/whatsapp:1")

    assert accepted.message_id == "wamid.sent.1"
    assert graph.sent[0].body["to"] == "+15550002222"
    assert graph.complaints == []


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_every_kind_reaches_somebody_without_a_phone_number(
    graph: StrictGraph, messenger: GraphMessenger, part: Part
) -> None:
    """By the user id, which is never in `to`."""
    await messenger.send(part=part, to=HIDDEN, reference="")

    assert graph.sent[0].body["recipient"] == HIDDEN.user_id
    assert "to" not in graph.sent[0].body


@pytest.mark.parametrize("part", [part for part in PARTS if hasattr(part, "reply_to")], ids=str)
async def test_a_reply_names_what_it_replies_to(graph: StrictGraph, messenger: GraphMessenger, part: Any) -> None:
    """As its context."""
    (shown,) = messenger.render(part=evolve(part, reply_to="wamid.7"))

    request = await requested(messenger, graph, shown)

    assert request["context"] == {"message_id": "wamid.7"}
