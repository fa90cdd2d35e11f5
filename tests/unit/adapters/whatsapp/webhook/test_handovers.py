"""Meta's conversation routing: another app of the business has a conversation, or passes it to us."""

from typing import Any

import pytest

from domain.conversations.channel_events import HumanReply, ThreadControl
from domain.messages.inbound import Unrecognised
from domain.people.person import Person
from support.whatsapp_messages import NOW, PERSON, text_message
from support.whatsapp_parsing import parse
from support.whatsapp_webhooks import NUMBER, echo, entry, envelope, webhook


def handover(**value: Any) -> bytes:
    """As Meta sent it in September 2026: the number stands under `recipient`."""
    passed = {
        "type": "control_passed",
        "sender": {"phone_number": PERSON},
        "recipient": {"phone_number_id": NUMBER, "display_phone_number": "15550001111"},
        "timestamp": str(NOW),
        "control_passed": {"previous_owner_app_role": "meta_business_agent"},
    }
    kept = {name: part for name, part in (passed | value).items() if part is not None}
    return envelope(entry({"field": "messaging_handovers", "value": kept}))


def test_control_is_passed_to_us() -> None:
    """By Meta's own agent, for example."""
    (event,) = parse(handover())

    assert event == ThreadControl(
        channel="whatsapp",
        person=Person(phone=PERSON),
        is_ours=True,
        at=NOW,
        event_id=f"control_passed:{NOW}",
        description="control_passed from meta_business_agent",
    )


def test_control_is_taken_from_us() -> None:
    """Another app answers now."""
    (event,) = parse(handover(type="control_taken", control_passed=None, control_taken={}))

    assert isinstance(event, ThreadControl)
    assert not event.is_ours


def test_standby() -> None:
    """What others wrote in a conversation that another app has: it is not answered by us."""
    observed = webhook(
        field="standby", standby={"messages": [text_message("hello")], "message_echoes": [echo("We call you.")]}
    )
    control, reply = parse(observed)

    assert isinstance(control, ThreadControl)
    assert (control.is_ours, control.text, control.person) == (False, "hello", Person(phone=PERSON))
    assert isinstance(reply, HumanReply)
    assert reply.body == "We call you."


@pytest.mark.parametrize(
    "odd",
    [
        handover(type="other", control_passed=None),
        handover(sender=None),
        handover(sender={"phone_number": 5}),
        handover(control_taken={}, type=None),
        webhook(field="standby", standby={"messages": [5, {"id": "x"}, {"from": PERSON}]}),
        webhook(5, field="standby", standby=5),
    ],
)
def test_odd_events_are_published_and_change_nothing(odd: bytes) -> None:
    """Nobody can tell what they mean."""
    assert all(isinstance(event, Unrecognised) for event in parse(odd))
