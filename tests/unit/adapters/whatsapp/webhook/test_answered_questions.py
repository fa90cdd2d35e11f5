"""Taps and filled forms."""

from typing import Any

import pytest

from domain.messages.inbound import (
    FilledForm,
    InboundMessage,
    Tap,
    UserAction,
)
from domain.messages.shared_values import Choice
from support.broken_payloads import NO_OBJECTS
from support.whatsapp_messages import (
    NOW,
    button_reply,
    call_permission_reply,
    form_reply,
    item,
    list_reply,
    message,
    payment_method_reply,
    template_tap,
)
from support.whatsapp_parsing import content_of, parse
from support.whatsapp_webhooks import webhook


@pytest.mark.parametrize(
    ("tap", "choice"),
    [
        (button_reply("Yes", choice="yes"), Choice(id="yes", title="Yes")),
        (list_reply("Two", choice="2", description="d"), Choice(id="2", title="Two", description="d")),
        (template_tap("Stop", payload="stop-offers"), Choice(id="stop-offers", title="Stop")),
    ],
)
def test_a_tap(tap: dict[str, Any], choice: Choice) -> None:
    """It has the id and the title of the choice."""
    assert content_of(tap) == Tap(choice=choice)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("button", {"text": "Yes"}),
        ("button", {"text": "Yes", "payload": 5}),
        ("button", {"payload": "Yes"}),
        ("interactive", {"type": "button_reply", "button_reply": {"title": "Yes"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "Yes", "title": "", "description": 5}}),
        ("interactive", {"type": 5, "button_reply": 5, "list_reply": {"id": "Yes", "title": None}}),
    ],
)
def test_half_a_tap_is_enough(kind: str, body: object) -> None:
    """The id or the title alone names the choice."""
    assert content_of(message(kind, body)) == Tap(choice=Choice(id="Yes", title="Yes"))


@pytest.mark.parametrize("name", ["flow", "address_message"])
def test_a_filled_form(name: str) -> None:
    """What was filled in stays JSON."""
    assert content_of(form_reply({"seats": 2}, name=name)) == FilledForm(name=name, fields='{"seats": 2}')


def test_a_form_without_a_name() -> None:
    """Its fields are read."""
    reply = {"type": "nfm_reply", "nfm_reply": {"name": 5, "response_json": "{}"}}

    assert content_of(message("interactive", reply)) == FilledForm(name="", fields="{}")


@pytest.mark.parametrize("filled", [None, 5, " ", {}])
def test_a_form_without_fields_has_its_words(filled: object) -> None:
    """The text that Meta shows in the chat."""
    reply = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": filled}}

    assert content_of(message("interactive", reply)) == FilledForm(name="flow", fields="Sent")


@pytest.mark.parametrize(
    ("tap", "description"),
    [
        (
            call_permission_reply("reject"),
            "answered call_permission_reply: response: reject, is_permanent: False, response_source: user_action",
        ),
        (
            payment_method_reply(),
            f"answered payment_method: payment_method: pix, reference_id: order-7, payment_timestamp: {NOW}",
        ),
        (message("interactive", {"type": "hologram_reply"}), "answered hologram_reply"),
        (message("interactive", {"type": "nfm_reply", "nfm_reply": None}), "answered nfm_reply"),
        (item("request_welcome"), "opened the chat"),
    ],
    ids=["call_permission", "payment_method", "hologram_reply", "nfm_reply", "request_welcome"],
)
def test_a_tap_that_is_no_choice_is_described(tap: dict[str, Any], description: str) -> None:
    """It is never unsupported: the person did what they were offered."""
    assert content_of(tap) == UserAction(description=description)


@pytest.mark.parametrize("body", [*NO_OBJECTS, {"button_reply": {"title": []}}, {"button_reply": {}, "list_reply": []}])
@pytest.mark.parametrize("kind", ["interactive", "button"])
def test_an_empty_tap_is_described_as_a_tap(kind: str, body: object) -> None:
    """Other content makes no difference."""
    assert content_of(message(kind, body)) == UserAction(description="tapped something that cannot be read")


def test_the_interactive_message_that_meta_breaks_is_a_tap() -> None:
    """It has no body, and there is an error in the same webhook."""
    errors = [{"code": 131000, "title": "Something went wrong", "error_data": {"details": "Unsupported payload"}}]

    found, event = parse(webhook(item("interactive"), errors=errors))

    assert isinstance(found, InboundMessage)
    assert isinstance(found.content, UserAction)
    assert not isinstance(event, InboundMessage)
