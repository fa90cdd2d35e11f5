"""An id for each HTTP request: all lines of the log that belong to it have the same `request_id`."""

import re
import secrets
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

from structlog.typing import EventDict

HEADER = b"x-request-id"
# A proxy in front may send an id of its own. Others may send anything.
ACCEPTED = re.compile(rb"[\w.-]{1,64}")
KEY = "trunkline.request_id"

# The ASGI scope of the request that is being answered. Few requests are logged, so the id is made for the first line.
request_scope: ContextVar[MutableMapping[str, Any] | None] = ContextVar("request_scope", default=None)


def add_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: add the id of the present request, if there is one."""
    scope = request_scope.get()
    if scope is not None:
        if KEY not in scope:
            scope[KEY] = _given_id(scope) or secrets.token_hex(8)
        event["request_id"] = scope[KEY]
    return event


def _given_id(scope: MutableMapping[str, Any]) -> str:
    given = next((value for name, value in scope["headers"] if name == HEADER), b"")
    return given.decode() if ACCEPTED.fullmatch(given) else ""
