"""The statuses of messages that we sent."""

from typing import Any

import pytest

from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import Unrecognised
from domain.people.person import Person
from domain.policies.retry import SendFailure
from support.whatsapp_messages import NOW
from support.whatsapp_parsing import only, only_unrecognised, parse
from support.whatsapp_webhooks import status, webhook

REENGAGEMENT = {
    "code": 131047,
    "title": "Re-engagement message",
    "error_data": {"details": "More than 24 hours"},
}


def only_status(**more: Any) -> StatusUpdate:
    return only(webhook(statuses=[status(**more)]), StatusUpdate)


@pytest.mark.parametrize("name", [name for name in DeliveryStatus if name is not DeliveryStatus.FAILED])
def test_a_status(name: DeliveryStatus) -> None:
    """With the reference of the send."""
    assert only_status(name=name.value, reference="turn/0/whatsapp:1") == StatusUpdate(
        channel="whatsapp",
        message_id="wamid.out.1",
        status=name,
        at=float(NOW),
        reference="turn/0/whatsapp:1",
        to=Person(phone="15550002222"),
    )


def test_a_status_of_a_group_has_no_recipient() -> None:
    """The id of a group is not a phone number."""
    group = {**status(), "recipient_type": "group", "recipient_id": "120363000000000000"}

    assert only(webhook(statuses=[group]), StatusUpdate).to is None


def test_a_status_of_somebody_without_a_number() -> None:
    """They have Meta's user id only."""
    hidden = {key: value for key, value in status().items() if key != "recipient_id"}

    found = only(webhook(statuses=[{**hidden, "recipient_user_id": "US.1"}]), StatusUpdate)

    assert (found.message_id, found.to) == ("wamid.out.1", Person(user_id="US.1"))


@pytest.mark.parametrize(("user_id", "to"), [("US.1", Person(user_id="US.1")), (None, None)])
def test_a_status_with_an_invalid_number(user_id: str | None, to: Person | None) -> None:
    """It is not used as a phone number."""
    found = only(webhook(statuses=[{**status(), "recipient_id": "US.2", "recipient_user_id": user_id}]), StatusUpdate)

    assert found.to == to


def test_a_failed_status_says_why() -> None:
    """In Meta's words, with Meta's code."""
    errors = [
        REENGAGEMENT,
        {"code": 131026, "title": "Undeliverable", "error_data": "plain text"},
        {"code": "131053", "title": "Media upload error"},
        {"code": 1},
        {"code": True},
        "junk",
    ]

    assert only_status(name="failed", errors=errors).errors == (
        "131047 Re-engagement message: More than 24 hours",
        "131026 Undeliverable: plain text",
        "131053 Media upload error",
        "1",
        "no reason given",
        "no reason given",
    )


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (131047, SendFailure.WINDOW_CLOSED),
        (131052, SendFailure.MEDIA_REFUSED),
        (131053, SendFailure.MEDIA_REFUSED),
        ("131053", SendFailure.MEDIA_REFUSED),
        (131056, SendFailure.PERSON_THROTTLED),
        (130429, SendFailure.THROTTLED),
        (131048, SendFailure.ACCOUNT_BLOCKED),
        (131042, SendFailure.ACCOUNT_BLOCKED),
        (131000, SendFailure.UNKNOWN),
        (131026, SendFailure.FINAL),
        (131049, SendFailure.FINAL),
        (999_999, SendFailure.FINAL),
        (0, SendFailure.FINAL),  # about the token of a call, and a status has none
        (190, SendFailure.FINAL),
        (None, SendFailure.FINAL),
    ],
)
def test_a_failure_has_a_class(code: object, failure: SendFailure) -> None:
    """The code decides. Without a known code, the message is lost."""
    assert only_status(name="failed", errors=[{"code": code}]).failure is failure


def test_the_first_code_we_know_decides() -> None:
    """Unknown codes may come before it."""
    assert only_status(name="failed", errors=["junk", {"code": 7}, REENGAGEMENT]).failure is SendFailure.WINDOW_CLOSED


@pytest.mark.parametrize("errors", [None, [], 5, "junk", {}])
def test_a_failure_without_a_reason_is_final(errors: object) -> None:
    """It will never be delivered."""
    found = only_status(name="failed", errors=errors)

    assert (found.errors, found.failure) == ((), SendFailure.FINAL)


def test_only_a_failed_status_has_a_failure() -> None:
    """Errors in another status are ignored."""
    assert only_status(name="delivered", errors=[REENGAGEMENT]).failure is None


PRICE = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}


@pytest.mark.parametrize("price", [{"pricing": PRICE}, {"conversation": {"id": "c", "pricing": PRICE}}])
def test_a_price(price: dict[str, Any]) -> None:
    """It may be beside the conversation or inside it."""
    found = only_status(**price)

    assert (found.billable, found.category) == (True, "service")


def test_a_free_message_differs_from_one_without_a_price() -> None:
    """Only two statuses of a message have a price."""
    assert only_status(pricing={**PRICE, "billable": False}).billable is False
    assert only_status().billable is None


@pytest.mark.parametrize("price", [None, 5, [], {}, {"billable": "yes", "category": 5}, {"billable": 1}])
def test_a_malformed_price_is_left_out(price: object) -> None:
    """The status itself is kept."""
    found = only_status(pricing=price, conversation=price)

    assert (found.status, found.billable, found.category) == (DeliveryStatus.DELIVERED, None, "")


@pytest.mark.parametrize(
    ("name", "more", "detail"),
    [
        (
            "captured",
            {"type": "payment", "payment": {"reference_id": "order-7"}},
            "wamid.out.1 to 15550002222: the person paid; reference_id: order-7",
        ),
        ("deleted", {}, "wamid.out.1 to 15550002222: the person deleted the message"),
        (
            "warning",
            {"errors": [{"code": 1053, "message": "Not in the catalogue"}]},
            "wamid.out.1 to 15550002222: the message shows something that is not available; 1053 Not in the catalogue",
        ),
        ("teleported", {"recipient_id": None}, "wamid.out.1"),
    ],
)
def test_a_status_of_another_kind_is_shown_with_its_meaning(name: str, more: dict[str, Any], detail: str) -> None:
    """With the message, the person and the reason."""
    assert only_unrecognised(webhook(statuses=[status(name, **more)])).detail == detail


@pytest.mark.parametrize(
    ("timestamp", "at"), [("1750000000500", 1_750_000_000.5), ("0", 0.0), (None, 0.0), ("soon", 0.0)]
)
def test_the_time_of_a_status_may_be_in_milliseconds_or_missing(timestamp: object, at: float) -> None:
    """Without a time it still confirms the send, and counts as long ago."""
    assert only(webhook(statuses=[{**status("failed"), "timestamp": timestamp}]), StatusUpdate).at == at


@pytest.mark.parametrize(
    "error", [{"code": 131026, "message": "Undeliverable"}, {"code": 131026, "title": "Undeliverable"}]
)
def test_an_error_has_a_title_or_a_message(error: dict[str, Any]) -> None:
    """They are the same."""
    assert only_status(name="failed", errors=[error]).errors == ("131026 Undeliverable",)


def test_an_unknown_status_is_kept_visible() -> None:
    """Meta adds new ones."""
    assert only_unrecognised(webhook(statuses=[status("teleported")])).kind == "status:teleported"


@pytest.mark.parametrize("junk", [None, 5, [], {}, {"status": "sent"}, {"status": 5, "id": "x"}, status() | {"id": ""}])
def test_a_malformed_status_is_an_event_and_stops_no_other(junk: object) -> None:
    """The others are read."""
    first, event, last = parse(webhook(statuses=[status(wamid="s.1"), junk, status(wamid="s.2")]))

    assert isinstance(first, StatusUpdate)
    assert isinstance(last, StatusUpdate)
    assert isinstance(event, Unrecognised)
    assert event.kind == "status:malformed"
