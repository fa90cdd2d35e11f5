"""The body of a webhook as JSON."""

import json
from collections.abc import Mapping

from application.ports.inbound_channel import MalformedWebhookError

MAX_INTEGER_DIGITS = 18


def decode(body: bytes) -> Mapping[str, object]:
    """The JSON object in `body`.

    The standard library decodes it, because it accepts lone surrogates: they must spoil one text, not the whole batch.

    Raises:
        MalformedWebhookError: `body` is not a JSON object.
    """
    try:
        document = json.loads(body.decode(), parse_int=_integer, parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedWebhookError(f"the body is not JSON ({type(error).__name__})") from error
    if not isinstance(document, dict):
        raise MalformedWebhookError("the body is not a JSON object")
    return document


def _integer(digits: str) -> int | float:
    """Python rejects integers of thousands of digits. One of them must not reject the whole batch."""
    return int(digits) if len(digits) <= MAX_INTEGER_DIGITS else float(digits)


def _reject_constant(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")
