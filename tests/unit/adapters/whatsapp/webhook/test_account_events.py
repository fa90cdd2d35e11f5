"""Events of the account."""

from typing import Any

import pytest
from attrs import evolve

from domain.conversations.channel_events import AccountNotice
from domain.messages.inbound import Unrecognised
from support.whatsapp_parsing import ARRIVED_AT, INBOUND, OTHER_NUMBER, only, only_unrecognised
from support.whatsapp_webhooks import account_webhook, entry, envelope, webhook

STOPPING = ["ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "ACCOUNT_RESTRICTION", "DISABLED_UPDATE"]
NO_ANSWERS = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"


@pytest.mark.parametrize("event", STOPPING)
def test_a_notice_that_blocks_the_account_is_urgent(event: str) -> None:
    """Nothing can be sent until somebody acts."""
    body = account_webhook("account_update", event=event)

    assert only(body, AccountNotice) == AccountNotice(
        channel="whatsapp", kind="account_update", detail=f"event: {event}", urgent=True, at=ARRIVED_AT, dated=False
    )


@pytest.mark.parametrize(
    ("time", "at", "dated"),
    [(1_739_321_024, 1_739_321_024.0, True), ("soon", ARRIVED_AT, False), (0, ARRIVED_AT, False)],
)
def test_a_notice_has_a_time_of_its_own(time: object, at: float, *, dated: bool) -> None:
    """If Meta gives a readable time."""
    body = envelope({**entry({"field": "security", "value": {}}), "time": time})

    found = only(body, AccountNotice)
    assert (found.at, found.dated) == (at, dated)


def ban(date: str, state: str = "DISABLE") -> dict[str, Any]:
    return {"waba_ban_state": state, "waba_ban_date": date}


def restricted(*kinds: str, until: float = ARRIVED_AT + 86400) -> dict[str, Any]:
    restrictions = [{"restriction_type": kind, "expiration": until} for kind in kinds]
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": restrictions}


@pytest.mark.parametrize(
    "value",
    [
        {"event": "DISABLED_UPDATE", "ban_info": ban("June 15, 2025")},
        {"event": "DISABLED_UPDATE", "ban_info": ban("soon")},
        restricted("RESTRICTED_ADD_PHONE_NUMBER_ACTION", NO_ANSWERS),
        {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": NO_ANSWERS}]},
    ],
)
def test_a_restriction_of_answers_is_urgent(value: dict[str, Any]) -> None:
    """A ban that begins today, and a restriction on answers among other restrictions."""
    assert only(account_webhook(**value), AccountNotice).urgent


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"phone_number_id": OTHER_NUMBER}, [("whatsapp-sales", True)]),
        ({"phone_number": OTHER_NUMBER}, [("whatsapp-sales", True)]),
        ({"phone_number": "15550009999"}, [("whatsapp", False), ("whatsapp-sales", False)]),
        ({"display_phone_number": "15550009999"}, [("whatsapp", False), ("whatsapp-sales", False)]),
        ({}, [("whatsapp", True), ("whatsapp-sales", True)]),
    ],
)
def test_a_notice_blocks_only_the_number_it_names(names: dict[str, str], expected: list[tuple[str, bool]]) -> None:
    """A notice with unknown digits is shown for all numbers of the account and blocks none."""
    inbound = evolve(INBOUND, accounts={"whatsapp": "42", "whatsapp-sales": "42"})
    deleted = {"field": "account_update", "value": {"event": "ACCOUNT_DELETED", **names}}

    found = inbound.parse(body=envelope(entry(deleted, account="42")), arrived_at=ARRIVED_AT).events

    assert [(one.channel, one.urgent) for one in found if isinstance(one, AccountNotice)] == expected


def test_a_notice_about_an_account_that_it_names() -> None:
    """The entry is then about a business."""
    inbound = evolve(INBOUND, accounts={"whatsapp": "42", "whatsapp-sales": "43"})
    deleted = {"field": "account_update", "value": {"event": "ACCOUNT_DELETED", "waba_info": {"waba_id": "43"}}}

    (found,) = inbound.parse(body=envelope(entry(deleted, account="42")), arrived_at=ARRIVED_AT).events

    assert isinstance(found, AccountNotice)
    assert found.channel == "whatsapp-sales"


def of_account(account: str, **accounts: str) -> list[tuple[str, str]]:
    """The channels and kinds of the events for a notice about this account, when these accounts are known."""
    banned = {"field": "account_update", "value": {"event": "DISABLED_UPDATE"}}
    inbound = evolve(INBOUND, accounts={name.replace("_", "-"): id_ for name, id_ in accounts.items()})
    expected = inbound.parse(body=envelope(entry(banned, account=account)), arrived_at=ARRIVED_AT).events
    return [(one.channel, one.kind) for one in expected if isinstance(one, AccountNotice | Unrecognised)]


@pytest.mark.parametrize(
    ("accounts", "expected"),
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
def test_a_notice_is_for_all_numbers_of_its_account(accounts: dict[str, str], expected: list[tuple[str, str]]) -> None:
    """And for no other account. If no account is known, it is for the channel of the webhook address."""
    assert of_account("42", **accounts) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_update", {"event": "ACCOUNT_RECONNECTED"}),
        ("account_update", {"event": "PARTNER_ADDED"}),
        ("account_update", {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}}),
        ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}),
        ("account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}}),
        ("account_update", {"event": "DISABLED_UPDATE", "ban_info": ban("June 16, 2025")}),
        ("account_update", {"event": "DISABLED_UPDATE", "ban_info": ban("2025-06-16")}),
        ("account_update", restricted("RESTRICTED_ADD_PHONE_NUMBER_ACTION")),
        ("account_update", restricted("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_UTILITY_TEMPLATES")),
        ("account_update", restricted(NO_ANSWERS, until=ARRIVED_AT - 1)),
        ("account_update", {"event": 5}),
        ("account_update", {"event": ["DISABLED_UPDATE"]}),
        ("account_update", {}),
        ("security", {"event": "DISABLED_UPDATE"}),
    ],
)
def test_other_news_is_not_urgent(field: str, value: dict[str, Any]) -> None:
    """Meta reports a lifted ban as an update of the ban."""
    assert not only(account_webhook(field, **value), AccountNotice).urgent


def test_a_ban_is_urgent() -> None:
    """Unless its state says otherwise."""
    found = only(account_webhook(event="DISABLED_UPDATE", ban_info=ban("April 17, 2025")), AccountNotice)

    assert found.urgent
    assert found.detail == "event: DISABLED_UPDATE, waba_ban_state: DISABLE, waba_ban_date: April 17, 2025"


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
def test_news_as_text(field: str, value: dict[str, Any], detail: str) -> None:
    """Its kind is Meta's field name, its detail everything in it."""
    found = only(account_webhook(field, **value), AccountNotice)

    assert (found.channel, found.kind, found.detail) == ("whatsapp", field, detail)


def test_news_of_one_number() -> None:
    """The notice names the number."""
    assert only(webhook(field="security", number=OTHER_NUMBER), AccountNotice).channel == "whatsapp-sales"


@pytest.mark.parametrize("value", [None, 5, [], "junk"])
def test_news_without_anything_in_it(value: object) -> None:
    """It is still an event."""
    body = envelope(entry({"field": "security", "value": value}))

    assert only(body, AccountNotice) == AccountNotice(channel="whatsapp", kind="security", at=ARRIVED_AT, dated=False)


def test_long_news_are_shortened() -> None:
    """Long and deep values are cut."""
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"deeper": deep}

    found = only(account_webhook(event="x" * 10_000, deep=deep, many=[1] * 10_000), AccountNotice)

    assert len(found.detail) == 512


@pytest.mark.parametrize("field", ["flows", "history", "standby", "calls", "group_lifecycle_update", "hologram"])
def test_an_unknown_field_is_kept_visible(field: str) -> None:
    """If it names no number, it belongs to the channel of the address."""
    found = only_unrecognised(account_webhook(field, event="x"))

    assert (found.channel, found.kind) == ("whatsapp", f"field:{field}")


SECRET_WORDS = "what a person wrote"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (
            "calls",
            {
                "calls": [
                    {
                        "id": "wacid.1",
                        "from": "15550002222",
                        "event": "connect",
                        "direction": "USER_INITIATED",
                        "session": {"sdp": SECRET_WORDS},
                    }
                ]
            },
            ["wacid.1", "15550002222", "connect", "USER_INITIATED"],
        ),
        (
            "flows",
            {
                "event": "ENDPOINT_ERROR_RATE",
                "flow_id": "77",
                "error_rate": 14.2,
                "threshold": 10,
                "alert_state": "ACTIVATED",
            },
            ["ENDPOINT_ERROR_RATE", "77", "14.2", "ACTIVATED"],
        ),
        (
            "business_username_updates",
            {"display_phone_number": "15550001111", "username": "acme", "status": "approved"},
            ["15550001111", "acme", "approved"],
        ),
        (
            "group_participants_update",
            {
                "groups": [
                    {
                        "group_id": "g-1",
                        "type": "group_participants_add",
                        "subject": SECRET_WORDS,
                        "added_participants": [{"wa_id": "15550002222"}],
                    }
                ]
            },
            ["g-1", "group_participants_add", "15550002222"],
        ),
        (
            "history",
            {
                "history": [
                    {
                        "metadata": {"phase": 1, "progress": 55},
                        "threads": [{"id": "15550002222", "messages": [{"text": {"body": SECRET_WORDS}}]}],
                    }
                ]
            },
            ["phase: 1", "progress: 55", "15550002222"],
        ),
    ],
)
def test_an_unhandled_field_is_shown_with_person_and_content(
    field: str, value: dict[str, Any], expected: list[str]
) -> None:
    """It shows nothing that people wrote."""
    found = only_unrecognised(webhook(field=field, **value))

    assert found.kind == f"field:{field}"
    assert [words for words in expected if words not in found.detail] == []
    assert SECRET_WORDS not in found.detail
