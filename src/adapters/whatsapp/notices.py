"""What happens to the account, its numbers and its templates.

Fields: Meta, "webhooks overview" and the reference of each (2026).
"""

import itertools
from collections.abc import Iterator

from adapters.whatsapp.fields import Item, maybe_mapping, storable
from adapters.whatsapp.reported_errors import failure, reason
from domain.failures import SendFailure
from domain.messages import Unrecognised
from domain.notices import AccountNotice

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
STOPS = frozenset(
    {"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE"}
)
REINSTATED = "REINSTATE"
DEEPEST = 4
MOST_TOLD = 20
LONGEST_DETAIL = 512


def read_notice(field: str, value: Item, *, channel: str, at: float) -> AccountNotice:
    """The notice that came under `field`; its detail are the names and values of what it holds."""
    told = itertools.islice(_told(value, "", DEEPEST), MOST_TOLD)
    return AccountNotice(
        channel=channel,
        kind=field,
        detail=storable(", ".join(told))[:LONGEST_DETAIL],
        urgent=field == "account_update" and _stops(value),
        at=at,
    )


def read_error(item: object, *, channel: str, at: float) -> AccountNotice | Unrecognised:
    """One of `errors` of a value, which belong to no message: some of them close the number."""
    detail = storable(reason(item))[:LONGEST_DETAIL]
    if failure([item]) is SendFailure.NUMBER_STOPPED:
        return AccountNotice(channel=channel, kind="error", detail=detail, urgent=True, at=at)
    return Unrecognised(channel=channel, kind="value:error", detail=detail)


def _stops(value: Item) -> bool:
    """A ban that was lifted comes as an update of the ban."""
    event = value.get("event")
    lifted = maybe_mapping(value.get("ban_info")).get("waba_ban_state") == REINSTATED
    return isinstance(event, str) and event in STOPS and not lifted


def _told(value: object, name: str, deep: int) -> Iterator[str]:
    """Names and values, those further inside included, as in "event: DISABLED_UPDATE"."""
    if isinstance(value, dict | list) and deep:
        inner = value.items() if isinstance(value, dict) else ((name, item) for item in value)
        for key, item in inner:
            yield from _told(item, key, deep - 1)
    elif isinstance(value, str | int | float):
        yield f"{name}: {value}"
