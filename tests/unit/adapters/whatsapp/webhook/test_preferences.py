"""Preferences about marketing messages."""

from typing import Any

import pytest

from domain.conversations.channel_events import MarketingPreference
from domain.messages.inbound import Unrecognised
from domain.people.person import Person
from support.whatsapp_messages import NOW, PERSON
from support.whatsapp_parsing import ARRIVED_AT, OTHER_NUMBER, only, only_unrecognised, parse
from support.whatsapp_webhooks import USER_ID, contact, webhook

STOP = {
    "wa_id": PERSON,
    "category": "marketing_messages",
    "value": "stop",
    "detail": "User requested to stop marketing messages",
    "timestamp": NOW,
}


def preferences(*wishes: Any, **more: Any) -> bytes:
    return webhook(field="user_preferences", user_preferences=list(wishes), **more)


@pytest.mark.parametrize(("value", "allowed"), [("stop", False), ("resume", True), ("signup", True)])
def test_who_stops_or_resumes_marketing(value: str, *, allowed: bool) -> None:
    """Every field of it."""
    body = preferences(STOP | {"value": value}, contacts=[contact("Ana", user_id=USER_ID)], number=OTHER_NUMBER)

    assert only(body, MarketingPreference) == MarketingPreference(
        channel="whatsapp-sales",
        person=Person(phone=PERSON, user_id=USER_ID, name="Ana"),
        allowed=allowed,
        at=float(NOW),
        description="User requested to stop marketing messages",
    )


def test_somebody_without_a_number() -> None:
    """By Meta's user id."""
    body = preferences(STOP | {"wa_id": None, "user_id": USER_ID})

    assert only(body, MarketingPreference).person == Person(user_id=USER_ID)


@pytest.mark.parametrize("timestamp", [None, 0, "soon"])
def test_a_wish_without_a_time_is_of_now(timestamp: object) -> None:
    """It counts from when it arrived."""
    assert only(preferences(STOP | {"timestamp": timestamp}), MarketingPreference).at == ARRIVED_AT


@pytest.mark.parametrize("change", [{"category": "calls"}, {"value": "pause"}, {"value": 5}])
def test_another_wish_is_only_shown(change: dict[str, Any]) -> None:
    """With the person."""
    found = only_unrecognised(preferences(STOP | change))

    assert found.kind == "field:user_preferences"
    assert PERSON in found.detail


@pytest.mark.parametrize("junk", [None, 5, {}, STOP | {"wa_id": "nobody"}])
def test_a_malformed_wish_stops_none_of_the_others(junk: object) -> None:
    """It becomes an event."""
    first, event, last = parse(preferences(STOP, junk, STOP))

    assert isinstance(first, MarketingPreference)
    assert isinstance(last, MarketingPreference)
    assert isinstance(event, Unrecognised)
