"""What people tapped and filled in."""

from typing import Any

import pytest

from domain.contents import Choice
from domain.messages import (
    FilledForm,
    InboundMessage,
    Tap,
    Unsupported,
)
from support.broken_payloads import NO_OBJECTS
from support.whatsapp_messages import (
    button_reply,
    call_permission_reply,
    form_reply,
    item,
    list_reply,
    message,
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
    """With what comes back and what was read."""
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
    """Either half names the choice."""
    assert content_of(message(kind, body)) == Tap(choice=Choice(id="Yes", title="Yes"))


@pytest.mark.parametrize("name", ["flow", "address_message"])
def test_a_filled_form(name: str) -> None:
    """What was filled in stays JSON."""
    assert content_of(form_reply({"seats": 2}, name=name)) == FilledForm(name=name, fields='{"seats": 2}')


def test_a_form_without_a_name() -> None:
    """Its fields count."""
    reply = {"type": "nfm_reply", "nfm_reply": {"name": 5, "response_json": "{}"}}

    assert content_of(message("interactive", reply)) == FilledForm(name="", fields="{}")


@pytest.mark.parametrize("reply", [None, 5, {}, {"response_json": {"a": 1}}, {"response_json": " "}])
def test_a_form_without_fields_is_unsupported(reply: object) -> None:
    """By the finer kind."""
    body = {"type": "nfm_reply", "nfm_reply": reply}

    assert content_of(message("interactive", body)) == Unsupported(kind="interactive", detail="nfm_reply")


def test_a_permission_to_call_is_unsupported() -> None:
    """We cannot call anybody; the operator sees what was permitted."""
    assert content_of(call_permission_reply("reject")) == Unsupported(
        kind="interactive", detail="call_permission_reply: reject"
    )


@pytest.mark.parametrize("body", [*NO_OBJECTS, {"button_reply": {"title": 5}}, {"button_reply": {}, "list_reply": []}])
def test_an_interactive_message_that_says_nothing_is_unsupported(body: object) -> None:
    """Whatever it holds instead."""
    assert content_of(message("interactive", body)) == Unsupported(kind="interactive")


def test_the_interactive_message_that_meta_breaks_is_unsupported() -> None:
    """It comes without a body, beside an error of the whole webhook."""
    errors = [{"code": 131000, "title": "Something went wrong", "error_data": {"details": "Unsupported payload"}}]

    found, told = parse(webhook(item("interactive"), errors=errors))

    assert isinstance(found, InboundMessage)
    assert found.content == Unsupported(kind="interactive")
    assert not isinstance(told, InboundMessage)
