"""What Meta says beside a message: username, summary, identity check, and the ids of an advertisement."""

from typing import Any

import pytest

from adapters.whatsapp.webhook.messages import MAX_CLICK_ID, MAX_SUMMARY
from domain.messages.inbound import IdentityCheck, MessageFacts, Referral
from support.whatsapp_messages import text_message
from support.whatsapp_parsing import only_message
from support.whatsapp_webhooks import contact, webhook

AD = {
    "source_url": "https://fb.me/x",
    "source_id": "120",
    "source_type": "ad",
    "headline": "Chairs",
    "body": "Cheap",
    "ctwa_clid": "ARAk",
}


def facts(*, value: dict[str, Any] | None = None, **message: Any) -> MessageFacts | None:
    return only_message(webhook(text_message(**message), **(value or {}))).facts


def test_an_advertisement_has_its_ids() -> None:
    """With them, a business counts what an advertisement brought."""
    message = only_message(webhook(text_message(referral=AD)))

    assert message.referral == Referral(
        url="https://fb.me/x", headline="Chairs", body="Cheap", source_id="120", source_type="ad", click_id="ARAk"
    )


@pytest.mark.parametrize("written", ["ana.example", "@ana.example"])
def test_a_username(written: str) -> None:
    """Written with or without "@". It is no name of the person: they may change it."""
    named = contact() | {"profile": {"name": "Ana", "username": written}}
    message = only_message(webhook(text_message(), contacts=[named]))

    assert message.facts == MessageFacts(username="ana.example")
    assert message.person.username is None


def test_the_summary_of_a_routed_conversation() -> None:
    """Meta's own, cut to what goes to the agent."""
    context = {"type": "summary", "summary": {"text": "They want a chair. " * 500}}
    found = facts(value={"conversation_context": context})

    assert found is not None
    assert found.summary.startswith("They want a chair.")
    assert len(found.summary) == MAX_SUMMARY


def test_the_identity_check() -> None:
    """Its hash changes with the person's devices."""
    found = facts(identity={"hash": "abc=", "acknowledged": True, "created_timestamp": "1750000000"})

    assert found == MessageFacts(identity=IdentityCheck(hash="abc=", acknowledged=True))


@pytest.mark.parametrize("odd", [None, 5, "junk", [], {}, {"hash": 5}, {"summary": 5}, {"summary": {"text": 5}}])
def test_odd_facts_are_none(odd: object) -> None:
    """The message is read all the same."""
    assert facts(identity=odd, value={"conversation_context": odd}) is None


def test_a_click_id_is_bounded() -> None:
    """Meta gives no limit."""
    referral = only_message(webhook(text_message(referral=AD | {"ctwa_clid": "x" * 10_000}))).referral

    assert referral is not None
    assert len(referral.click_id) == MAX_CLICK_ID
