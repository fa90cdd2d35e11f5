"""Reads webhooks as the channel does."""

from typing import Any

from adapters.whatsapp.webhook.common_reader import read_common
from adapters.whatsapp.webhook.inbound import WhatsAppInbound
from application.ports.inbound_channel import InboundEvent
from domain.messages.inbound import Content, InboundMessage, Unrecognised
from support.whatsapp_webhooks import NUMBER, webhook

OTHER_NUMBER = "100000000000009"
ARRIVED_AT = 1_750_000_005.25
INBOUND = WhatsAppInbound(
    numbers={NUMBER: "whatsapp", OTHER_NUMBER: "whatsapp-sales"}, channel="whatsapp", verify_tokens=("t",)
)


def parse(body: bytes, *, inbound: WhatsAppInbound = INBOUND) -> tuple[InboundEvent, ...]:
    """The events in a body, which both readers agree on."""
    events = inbound.read_any(body, arrived_at=ARRIVED_AT)
    assert inbound.parse(body=body, arrived_at=ARRIVED_AT).events == events
    return events


def is_common(body: bytes) -> bool:
    """Whether the reader of common shapes takes the body."""
    return read_common(body, numbers=INBOUND.numbers, arrived_at=ARRIVED_AT) is not None


def only[Event](body: bytes, kind: type[Event]) -> Event:
    """The one event in a body."""
    (event,) = parse(body)
    assert isinstance(event, kind)
    return event


def only_message(body: bytes) -> InboundMessage:
    return only(body, InboundMessage)


def only_unrecognised(body: bytes) -> Unrecognised:
    return only(body, Unrecognised)


def content_of(item: Any) -> Content:
    """The content of one message."""
    return only_message(webhook(item)).content
