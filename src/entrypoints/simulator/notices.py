"""What Meta tells a business about its account, with an example of each.

Shapes: Meta, webhook reference of the WhatsApp Cloud API (2026).
"""

import time
from collections.abc import Callable, Mapping

from entrypoints.simulator.business import BusinessNumber
from entrypoints.simulator.meta_errors import webhook_error
from entrypoints.simulator.wire import number_value

UNAVAILABLE = 131016

type Value = Mapping[str, object]


class UnknownNoticeError(LookupError):
    """There is no example of this field."""


def example(field: str, business: BusinessNumber) -> Value:
    """A value of the webhook field.

    Raises:
        UnknownNoticeError: there is none here; give your own.
    """
    if field not in EXAMPLES:
        raise UnknownNoticeError(f"no example of {field!r}; there are {', '.join(sorted(EXAMPLES))}")
    return EXAMPLES[field](business)


def account_errors(business: BusinessNumber) -> Value:
    """Errors that belong to no message, in the field of messages."""
    return number_value(business, errors=[webhook_error(UNAVAILABLE)])


def _restriction(_: BusinessNumber) -> Value:
    restriction = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": int(time.time()) + 86400}
    return {"event": "ACCOUNT_RESTRICTION", "restriction_info": [restriction]}


def _alert(business: BusinessNumber) -> Value:
    return {
        "entity_type": "PHONE_NUMBER",
        "entity_id": business.phone_number_id,
        "alert_severity": "WARNING",
        "alert_status": "ACTIVE",
        "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
        "alert_description": "Your messaging limit was not raised.",
    }


def _quality(business: BusinessNumber) -> Value:
    return {"display_phone_number": business.phone, "event": "DOWNGRADE", "current_limit": "TIER_2K"}


def _template_status(_: BusinessNumber) -> Value:
    return {
        "event": "REJECTED",
        "message_template_id": 400000000000004,
        "message_template_name": "order_confirmation",
        "message_template_language": "en_US",
        "reason": "INVALID_FORMAT",
    }


def _preferences(business: BusinessNumber) -> Value:
    wish = {"category": "marketing_messages", "value": "stop", "detail": "User requested to stop marketing messages"}
    who = {"wa_id": "15550002222", "timestamp": int(time.time())}
    return number_value(business, user_preferences=[who | wish])


EXAMPLES: Mapping[str, Callable[[BusinessNumber], Value]] = {
    "messages": account_errors,
    "account_update": _restriction,
    "account_alerts": _alert,
    "phone_number_quality_update": _quality,
    "message_template_status_update": _template_status,
    "user_preferences": _preferences,
}
