"""How far a message has come that a program sent."""

import pytest

from application.channels import UnknownChannelError
from application.operating.find_delivery import DeliveredPart, FindDelivery, UnknownMessageError
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.outbound import TemplatePart
from support.answering import Answering
from support.messages import ANA, enqueued
from support.turns import answer_once

WORDS = [TemplatePart(name=name, language="en_US") for name in ("shipped", "thanks")]


async def initiated(answering: Answering) -> tuple[str, FindDelivery]:
    """Queue two messages. Returns the id of their turn."""
    queued = await answering.initiate(channel="whatsapp", to=ANA, parts=WORDS, key="order-1")
    return queued.turn_id, answering.use_cases.find_delivery


async def test_it_is_found_by_our_id() -> None:
    """Each message of the channel with its own status, in their order."""
    answering = Answering()
    turn_id, find = await initiated(answering)
    await answer_once(answering)
    first, second = (part.message_id for part in await find(channel="whatsapp", message_id=turn_id))
    read = StatusUpdate(channel="whatsapp", message_id=first, status=DeliveryStatus.READ, at=1.0)
    await answering.log.advance(updates=[read])

    found = await find(channel="whatsapp", message_id=turn_id)

    assert found == (
        DeliveredPart(message_id=first, status=DeliveryStatus.READ),
        DeliveredPart(message_id=second, status=None),
    )
    assert await find(channel="whatsapp", message_id=first) == found[:1]


async def test_what_was_not_sent_yet() -> None:
    answering = Answering()
    turn_id, find = await initiated(answering)

    with pytest.raises(UnknownMessageError):
        await find(channel="whatsapp", message_id=turn_id)
    with pytest.raises(UnknownChannelError):
        await find(channel="other", message_id=turn_id)


async def test_an_answer_of_the_agent_is_found_by_the_channels_id() -> None:
    """What a person wrote is no message of ours."""
    answering = Answering()
    await answering.mailbox.accept(messages=[enqueued("hello", message_id="wamid.in")])
    await answer_once(answering)
    find = answering.use_cases.find_delivery

    (name,) = [name for (_, name), known in answering.log._messages.items() if known.by_us]

    assert await find(channel="whatsapp", message_id=name) == (DeliveredPart(message_id=name, status=None),)
    with pytest.raises(UnknownMessageError):
        await find(channel="whatsapp", message_id="wamid.in")
