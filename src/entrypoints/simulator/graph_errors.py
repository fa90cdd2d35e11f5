"""How the Graph API says no."""

import secrets


class GraphError(Exception):
    """An error answer of the Graph API: Meta's `code` in the body, `status` the HTTP one."""

    def __init__(
        self, message: str, *, code: int, status: int = 400, subcode: int | None = None, details: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
        if details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        if subcode is not None:
            error["error_subcode"] = subcode
        self.body = {"error": error | {"fbtrace_id": secrets.token_urlsafe(9)}}


def invalid_token() -> GraphError:
    return GraphError("Invalid OAuth access token - Cannot parse access token", code=190, status=401)


def unknown_object(node_id: str) -> GraphError:
    """A wrong or deleted id, or one the token may not see; Meta doesn't say which."""
    message = (
        f"Unsupported request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation"
    )
    return GraphError(message, code=100, subcode=33)


def invalid_parameter(details: str) -> GraphError:
    return GraphError("(#100) Invalid parameter", code=100, details=details)


def missing_parameter(name: str) -> GraphError:
    details = f"The parameter {name} is required."
    return GraphError("(#131008) Required parameter is missing", code=131008, details=details)


def invalid_value(details: str) -> GraphError:
    return GraphError("(#131009) Parameter value is not valid", code=131009, details=details)
