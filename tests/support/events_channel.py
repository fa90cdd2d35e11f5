"""A channel whose webhooks contain the events that a test gives."""

from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from application.channels import Channels
from application.ports.inbound_channel import InboundEvent, ParsedWebhook
from application.receiving.receive_webhook import Receipt, ReceiveWebhook
from support.answering import Answering


@frozen(kw_only=True)
class EventsChannel:
    """Reads these events from any body."""

    events: Sequence[InboundEvent] = field(converter=tuple)

    def challenge(self, *, query: Mapping[str, str]) -> str:
        return ""

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str) -> frozenset[str]:
        return frozenset({"whatsapp"})

    def parse(self, *, body: bytes, arrived_at: float) -> ParsedWebhook:
        return ParsedWebhook(events=tuple(self.events))


def receiver(answering: Answering, *events: InboundEvent) -> ReceiveWebhook:
    """The use case. With events, its channel reads these from any body."""
    channels = answering.channels
    if events:
        inbound = EventsChannel(events=events)
        channels = Channels.of([evolve(answering.channel, inbound=inbound)])
    return evolve(answering.receive, channels=channels)


async def receive(answering: Answering, *events: InboundEvent) -> Receipt:
    return await receiver(answering, *events)(channel="whatsapp", headers={}, body=b"", url="")
