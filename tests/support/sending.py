"""Parts for the Graph API, their recipients, and the errors of failed sends."""

from typing import Any

import pytest

from adapters.whatsapp.graph.messenger import GraphMessenger
from application.ports.messenger import SendFailedError
from domain.messages.outbound import Part, TextPart
from domain.people.person import Person
from support.strict_graph import StrictGraph

ANA = Person(phone="15550002222", user_id="US.13491208655302741918", name="Ana")
HIDDEN = Person(user_id="US.13491208655302741918")
HELLO = TextPart(body="Hello, these are private words")
ENVELOPE = {"messaging_product", "recipient_type", "to", "biz_opaque_callback_data"}


async def send(messenger: GraphMessenger, *, to: Person = ANA, reference: str = "turn/0/whatsapp:1") -> str:
    return (await messenger.send(part=HELLO, to=to, reference=reference)).message_id


async def failed_send(messenger: GraphMessenger, **rest: Any) -> SendFailedError:
    with pytest.raises(SendFailedError) as raised:
        await send(messenger, **rest)
    return raised.value


async def requested(messenger: GraphMessenger, graph: StrictGraph, part: Part) -> Any:
    """The request that sends `part` to Ana, without the fields of every request."""
    await messenger.send(part=part, to=ANA, reference="turn/0/whatsapp:1")
    return {name: value for name, value in graph.sent[-1].body.items() if name not in ENVELOPE}
