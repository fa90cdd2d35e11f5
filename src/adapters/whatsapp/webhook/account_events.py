"""Events of the account, its numbers and its templates.

Fields: Meta, "webhooks overview" and the reference of each (2026).
"""

import contextlib
import math
from datetime import UTC, date, datetime

from adapters.channel_kit.details import MAX_DETAIL, summary, unrecognised
from adapters.channel_kit.json_fields import (
    JsonObject,
    maybe_object,
    maybe_objects,
    maybe_text,
    maybe_timestamp,
)
from adapters.whatsapp.graph_errors import GraphError, reported_failure
from domain.conversations.channel_events import AccountNotice
from domain.messages.inbound import Unrecognised
from domain.policies.retry import SendFailure

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
# The events of `account_update` that end sending for the whole account.
FINAL_EVENTS = frozenset({"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED"})
# Meta reports a ban that it lifted, or that is still to come, as an update of the ban too.
NOT_BANNED = frozenset({"REINSTATE", "SCHEDULE_FOR_DISABLE"})
# All other restrictions still let us answer: they are about adding numbers, templates, calls and writing first.
CANNOT_ANSWER = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"
DATE_FORMATS = ("%B %d, %Y", "%Y-%m-%d")  # "April 17, 2026"
# Other fields may hold what people wrote, or how to take part in a call. Of those fields only these names are shown.
PUBLIC_NAMES = frozenset(
    (
        *("event", "type", "status", "direction", "reason", "code", "title", "category", "value", "action"),
        *("from", "to", "wa_id", "user_id", "id", "call_id", "group_id", "recipient_id", "phone", "phone_number"),
        *("username", "display_phone_number", "progress", "phase", "chunk_order", "timestamp", "duration"),
        *("flow_id", "old_status", "new_status", "alert_state", "threshold", "error_rate", "availability"),
        *("p90_latency", "p50_latency", "requests_count", "error_count", "error_type"),
    )
)


def read_notice(field: str, value: JsonObject, *, channel: str, at: float | None, arrived_at: float) -> AccountNotice:
    """The notice in the field named `field`. `at` is when Meta wrote it; None where Meta does not say."""
    written_at = arrived_at if at is None else at
    return AccountNotice(
        channel=channel,
        kind=field,
        detail=summary(value),
        urgent=field == "account_update" and _ends_sending(value, written_at),
        at=written_at,
        dated=at is not None,
    )


def read_other(field: str, value: JsonObject, *, channel: str) -> Unrecognised:
    """A field that Trunkline does not act on, without anything that people wrote."""
    return unrecognised(channel, "field", field, summary(value, only=PUBLIC_NAMES))


def read_error(item: object, *, channel: str, at: float | None, arrived_at: float) -> AccountNotice | Unrecognised:
    """One item of `errors` that belongs to no message. Some of these errors block the account.

    `at` is when Meta wrote it; None where Meta does not say.
    """
    error = GraphError.read(item)
    if reported_failure([error]) is not SendFailure.ACCOUNT_BLOCKED:
        return unrecognised(channel, "value", "error", error.reason)
    return AccountNotice(
        channel=channel,
        kind="error",
        detail=error.reason[:MAX_DETAIL],
        urgent=True,
        at=arrived_at if at is None else at,
        dated=at is not None,
    )


def _ends_sending(value: JsonObject, at: float) -> bool:
    match value.get("event"):
        case "DISABLED_UPDATE":
            return _is_banned(maybe_object(value.get("ban_info")), at)
        case "ACCOUNT_RESTRICTION":
            return _forbids_answers(value.get("restriction_info"), at)
        case event:
            return isinstance(event, str) and event in FINAL_EVENTS


def _is_banned(ban: JsonObject, at: float) -> bool:
    """Whether the ban holds at the time `at`. A ban without a readable state or date holds."""
    begins = _date(maybe_text(ban.get("waba_ban_date")))
    is_to_come = begins is not None and begins > datetime.fromtimestamp(at, UTC).date()
    return maybe_text(ban.get("waba_ban_state")) not in NOT_BANNED and not is_to_come


def _date(written: str) -> date | None:
    for date_format in DATE_FORMATS:
        with contextlib.suppress(ValueError):
            return datetime.strptime(written, date_format).replace(tzinfo=UTC).date()
    return None


def _forbids_answers(restrictions: object, at: float) -> bool:
    """Whether a restriction that has not expired forbids answers. A notice that lists none restricts everything."""
    listed = maybe_objects(restrictions)
    return not listed or any(
        maybe_text(restriction.get("restriction_type")) == CANNOT_ANSWER
        and (maybe_timestamp(restriction.get("expiration")) or math.inf) > at
        for restriction in listed
    )
