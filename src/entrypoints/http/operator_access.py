"""Access control of the operators' routes."""

import hmac
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers import BaseRouteHandler

from entrypoints.http.server.loopback import LOOPBACK_HOSTS
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens

SECURITY = {"operator": list[str]()}
# All operators share one token, so nobody knows which of them it is.
ANY_OPERATOR = "operator"


async def operators_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: requires `Authorization: Bearer` with the admin token.

    Where no token is configured the routes answer 404, unless they are open. Open routes require a loopback name in
    the Host header, so that a web page cannot reach them by pointing its own name to 127.0.0.1.
    """
    services: Services = connection.app.state.services
    if services.admin_token:
        await _require(services.admin_token, connection)
    elif not (services.admin_open and connection.base_url.hostname in LOOPBACK_HOSTS):
        raise NotFoundException


def operator_of(_: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The name of the operator who makes this request, for what is recorded about it."""
    return ANY_OPERATOR


async def _require(token: str, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Compare the tokens as bytes, so that a token need not be ASCII. Header values are decoded as Latin-1.

    Only spaces and tabs are stripped: the last byte of an "à" in UTF-8 is a no-break space in Latin-1.

    The right token never waits: callers behind one proxy share an address, and nobody may lock the operators out.
    """
    wrong_tokens: WrongTokens = connection.app.state.wrong_tokens
    address = connection.client.host if connection.client else ""
    authorization = connection.headers.get("authorization", "")
    scheme, _, given = authorization.partition(" ")
    matches = hmac.compare_digest(given.strip(" \t").encode("latin-1"), token.encode())
    if matches and scheme.lower() == "bearer":
        return
    if authorization:
        await wrong_tokens.wait(address)
        wrong_tokens.count(address)
    raise NotAuthorizedException(
        "The operators' token is missing or wrong.", headers={"WWW-Authenticate": 'Bearer realm="trunkline"'}
    )
