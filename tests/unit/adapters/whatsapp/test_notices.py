"""What happens to the account."""

from typing import Any

import pytest
from attrs import evolve

from domain.messages import Unrecognised
from domain.notices import AccountNotice
from support.whatsapp_parsing import ARRIVED_AT, INBOUND, OTHER_NUMBER, only, only_unrecognised
from support.whatsapp_webhooks import account_webhook, entry, envelope, webhook

STOPPING = [
    "ACCOUNT_DELETED",
    "ACCOUNT_OFFBOARDED",
    "ACCOUNT_RESTRICTION",
    "ACCOUNT_VIOLATION",
    "DISABLED_UPDATE",
]


@pytest.mark.parametrize("event", STOPPING)
def test_what_stops_the_account_is_urgent(event: str) -> None:
    """Until somebody acts, nothing may go out."""
    body = account_webhook("account_update", event=event)

    assert only(body, AccountNotice) == AccountNotice(
        channel="whatsapp", kind="account_update", detail=f"event: {event}", urgent=True, at=ARRIVED_AT
    )


@pytest.mark.parametrize(("time", "at"), [(1_739_321_024, 1_739_321_024.0), ("soon", ARRIVED_AT)])
def test_a_notice_has_a_time_of_its_own(time: object, at: float) -> None:
    """Where Meta gives one that can be read."""
    body = envelope({**entry({"field": "security", "value": {}}), "time": time})

    assert only(body, AccountNotice).at == at


def of_account(account: str, **accounts: str) -> list[tuple[str, str]]:
    """The channel and kind of what is told of a notice for this account, when these channels' accounts are known."""
    banned = {"field": "account_update", "value": {"event": "DISABLED_UPDATE"}}
    inbound = evolve(INBOUND, accounts={name.replace("_", "-"): id_ for name, id_ in accounts.items()})
    told = inbound.parse(body=envelope(entry(banned, account=account)), arrived_at=ARRIVED_AT)
    return [(one.channel, one.kind) for one in told if isinstance(one, AccountNotice | Unrecognised)]


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        ({}, [("whatsapp", "account_update")]),
        ({"whatsapp": "42"}, [("whatsapp", "account_update")]),
        (
            {"whatsapp": "42", "whatsapp_sales": "42"},
            [("whatsapp", "account_update"), ("whatsapp-sales", "account_update")],
        ),
        ({"whatsapp_sales": "42"}, [("whatsapp-sales", "account_update")]),
        ({"whatsapp_sales": "7"}, [("whatsapp", "account_update")]),
        ({"whatsapp": "7"}, [("whatsapp", "account:unknown")]),
    ],
)
def test_a_notice_is_for_all_numbers_of_its_account(accounts: dict[str, str], told: list[tuple[str, str]]) -> None:
    """And for no other; without knowing accounts, for the number that has the address."""
    assert of_account("42", **accounts) == told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_update", {"event": "ACCOUNT_RECONNECTED"}),
        ("account_update", {"event": "PARTNER_ADDED"}),
        ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}),
        ("account_update", {"event": 5}),
        ("account_update", {"event": ["DISABLED_UPDATE"]}),
        ("account_update", {}),
        ("security", {"event": "DISABLED_UPDATE"}),
    ],
)
def test_other_news_is_not_urgent(field: str, value: dict[str, Any]) -> None:
    """Also that a ban was lifted, which comes as an update of the ban."""
    assert not only(account_webhook(field, **value), AccountNotice).urgent


def test_a_ban_is_urgent() -> None:
    """With the state it is in."""
    ban = {"waba_ban_state": "DISABLE", "waba_ban_date": "April 17, 2026"}

    found = only(account_webhook(event="DISABLED_UPDATE", ban_info=ban), AccountNotice)

    assert found.urgent
    assert found.detail == "event: DISABLED_UPDATE, waba_ban_state: DISABLE, waba_ban_date: April 17, 2026"


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("account_alerts", {"alert_info": {"alert_type": "OBA_APPROVED"}}, "alert_type: OBA_APPROVED"),
        ("account_review_update", {"decision": "APPROVED"}, "decision: APPROVED"),
        ("phone_number_quality_update", {"event": "DOWNGRADE", "limit": 250}, "event: DOWNGRADE, limit: 250"),
        ("security", {"event": "PIN_CHANGED"}, "event: PIN_CHANGED"),
        ("business_capability_update", {"max_phone_numbers_per_business": 2}, "max_phone_numbers_per_business: 2"),
        ("message_template_status_update", {"event": "PAUSED", "reason": None}, "event: PAUSED"),
        ("account_update", {"restriction_info": [{"a": 1}, {"a": True}]}, "a: 1, a: True"),
    ],
)
def test_news_in_words(field: str, value: dict[str, Any], detail: str) -> None:
    """Under the channel's name for it, with all that it holds."""
    found = only(account_webhook(field, **value), AccountNotice)

    assert (found.channel, found.kind, found.detail) == ("whatsapp", field, detail)


def test_news_of_one_number() -> None:
    """Where it is named."""
    assert only(webhook(field="security", number=OTHER_NUMBER), AccountNotice).channel == "whatsapp-sales"


@pytest.mark.parametrize("value", [None, 5, [], "junk"])
def test_news_without_anything_in_it(value: object) -> None:
    """It came, and that is news."""
    body = envelope(entry({"field": "security", "value": value}))

    assert only(body, AccountNotice) == AccountNotice(channel="whatsapp", kind="security", at=ARRIVED_AT)


def test_long_news_are_shortened() -> None:
    """However much there is of it, and however deep."""
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"deeper": deep}

    found = only(account_webhook(event="x" * 10_000, deep=deep, many=[1] * 10_000), AccountNotice)

    assert len(found.detail) == 512


@pytest.mark.parametrize("field", ["flows", "history", "standby", "calls", "group_lifecycle_update", "hologram"])
def test_an_unknown_field_is_kept_visible(field: str) -> None:
    """Under the channel itself where no number is named."""
    found = only_unrecognised(account_webhook(field, event="x"))

    assert (found.channel, found.kind) == ("whatsapp", f"field:{field}")
