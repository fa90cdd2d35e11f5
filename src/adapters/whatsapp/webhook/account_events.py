"""What happens to the account, its numbers and its templates.

Fields: Meta, "webhooks overview" and the reference of each (2026).
"""

import contextlib
import math
from datetime import UTC, date, datetime

from adapters.whatsapp.webhook.details import MAX_DETAIL, details
from adapters.whatsapp.webhook.fields import Item, maybe_mapping, maybe_timestamp, plain, storable
from adapters.whatsapp.webhook.reported_errors import failure, reason
from domain.conversations.account_events import AccountNotice
from domain.messages.inbound import Unrecognised
from domain.policies.retry import SendFailure

MAX_KIND = 80
NOTICES = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "business_capability_update",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "template_category_update",
    }
)
# What ends sending for the whole account.
ENDINGS = frozenset({"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED"})
# A ban that was lifted, or that is still to come, is an update of the ban too.
NOT_BANNED = frozenset({"REINSTATE", "SCHEDULE_FOR_DISABLE"})
# Other restrictions leave answers as they are: on adding numbers, on templates, on calls, on writing first.
NO_ANSWERS = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"
DATES = ("%B %d, %Y", "%Y-%m-%d")  # "April 17, 2026"
# Of other fields, which may hold what people wrote, or how to take part in a call, only these names are told.
TELLABLE = frozenset(
    (
        *("event", "type", "status", "direction", "reason", "code", "title", "category", "value", "action"),
        *("from", "to", "wa_id", "user_id", "id", "call_id", "group_id", "recipient_id", "phone", "phone_number"),
        *("username", "display_phone_number", "progress", "phase", "chunk_order", "timestamp", "duration"),
        *("flow_id", "old_status", "new_status", "alert_state", "threshold", "error_rate", "availability"),
        *("p90_latency", "p50_latency", "requests_count", "error_count", "error_type"),
    )
)


def read_notice(field: str, value: Item, *, channel: str, at: float | None, arrived_at: float) -> AccountNotice:
    """The notice that came under `field`; its detail are the names and values of what it holds.

    `at` is when Meta wrote it, where it says so.
    """
    when = arrived_at if at is None else at
    urgent = field == "account_update" and _ends_sending(value, when)
    return AccountNotice(
        channel=channel, kind=field, detail=details(value), urgent=urgent, at=when, dated=at is not None
    )


def read_other(field: str, value: Item, *, channel: str) -> Unrecognised:
    """What came under a field that we do not act on: who and what, and nothing that people wrote."""
    return Unrecognised(channel=channel, kind=f"field:{field}"[:MAX_KIND], detail=details(value, only=TELLABLE))


def read_error(item: object, *, channel: str, at: float | None, arrived_at: float) -> AccountNotice | Unrecognised:
    """One of `errors` of a value, which belong to no message: some of them close the number. `at` as of a notice."""
    detail = storable(reason(item))[:MAX_DETAIL]
    if failure([item]) is not SendFailure.NUMBER_STOPPED:
        return Unrecognised(channel=channel, kind="value:error", detail=detail)
    when = arrived_at if at is None else at
    return AccountNotice(channel=channel, kind="error", detail=detail, urgent=True, at=when, dated=at is not None)


def _ends_sending(value: Item, at: float) -> bool:
    match value.get("event"):
        case "DISABLED_UPDATE":
            return _is_banned(maybe_mapping(value.get("ban_info")), at)
        case "ACCOUNT_RESTRICTION":
            return _forbids_answers(value.get("restriction_info"), at)
        case event:
            return isinstance(event, str) and event in ENDINGS


def _is_banned(ban: Item, at: float) -> bool:
    """Without a state or a date that can be read, the ban is one of now."""
    begins = _day(plain(ban.get("waba_ban_date")))
    announced = begins is not None and begins > datetime.fromtimestamp(at, UTC).date()
    return plain(ban.get("waba_ban_state")) not in NOT_BANNED and not announced


def _day(written: str) -> date | None:
    for form in DATES:
        with contextlib.suppress(ValueError):
            return datetime.strptime(written, form).replace(tzinfo=UTC).date()
    return None


def _forbids_answers(restrictions: object, at: float) -> bool:
    """Without saying what is restricted, everything is; what has expired is not."""
    found = [maybe_mapping(one) for one in restrictions] if isinstance(restrictions, list) else []
    return not found or any(
        plain(one.get("restriction_type")) == NO_ANSWERS and (maybe_timestamp(one.get("expiration")) or math.inf) > at
        for one in found
    )
