"""Errors as webhooks report them, which is not quite how the Graph API answers with them.

Source: Meta, "Cloud API error codes" and "status webhook reference" (September 2026).
"""

from adapters.whatsapp.graph.errors import CODES
from adapters.whatsapp.webhook.fields import maybe_count, maybe_mapping, plain
from domain.policies.retry import SendFailure


def reason(item: object) -> str:
    """One of Meta's errors in words: "131047 Re-engagement message: more than 24 hours have passed".

    Title and message are the same, where there are both.
    """
    error = maybe_mapping(item)
    details = maybe_mapping(error.get("error_data")).get("details", error.get("error_data"))
    code = _code(item)
    words = plain(error.get("title")) or plain(error.get("message"))
    title = " ".join(filter(None, ("" if code is None else str(code), words)))
    return ": ".join(filter(None, (title, plain(details)))) or "no reason given"


def failure(items: object) -> SendFailure:
    """What the first error we know says of a message that failed; one that failed for no known reason is lost."""
    codes = map(_code, listed(items))
    return next((CODES[code] for code in codes if code is not None and code in CODES), SendFailure.FINAL)


def listed(items: object) -> list[object]:
    """The errors in a list; none when it is something else."""
    return items if isinstance(items, list) else []


def _code(item: object) -> int | None:
    return maybe_count(maybe_mapping(item).get("code"))
