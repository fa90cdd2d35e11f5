"""The errors of the Graph API."""

import secrets
from typing import Any

from simulator.webhooks.meta_errors import known


class GraphError(Exception):
    """An error answer of the Graph API. `code` is Meta's, `status` is the HTTP status.

    When `page` is not empty, the answer is this HTML page instead of the JSON body.
    """

    page = ""

    def __init__(
        self, message: str, *, code: int, status: int = 400, subcode: int | None = None, details: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        error: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
        if details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        if subcode is not None:
            error["error_subcode"] = subcode
        self.body: dict[str, dict[str, Any]] = {"error": error | {"fbtrace_id": secrets.token_urlsafe(9)}}


def refusal(code: int, details: str, *, status: int | None = None) -> GraphError:
    """The error with this `code` and Meta's title. It has its usual HTTP status, unless `status` is given."""
    row = known(code)
    return GraphError(f"(#{code}) {row.title}", code=code, status=status or row.status, details=details)


def invalid_token() -> GraphError:
    return GraphError("Invalid OAuth access token - Cannot parse access token", code=190, status=401)


def unknown_object(node_id: str) -> GraphError:
    """The id is wrong, deleted, or not for this token. Meta does not say which."""
    message = (
        f"Unsupported request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation"
    )
    return GraphError(message, code=100, subcode=33)


def invalid_parameter(details: str) -> GraphError:
    return refusal(100, details)


def missing_parameter(name: str) -> GraphError:
    return refusal(131008, f"The parameter {name} is required.")


def invalid_value(details: str) -> GraphError:
    return refusal(131009, details)
