"""Who may see and mend: the operators' guard."""

import hmac
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers import BaseRouteHandler

from entrypoints.http.server.loopback import LOOPBACK_HOSTS
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens

SECURITY = {"operator": list[str]()}


async def operators_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard that wants `Authorization: Bearer` with the admin token.

    Without a token the routes do not exist, unless they are open, and then only to who calls this machine by a
    loopback name: a web page that points its own name at 127.0.0.1 is refused.
    """
    services: Services = connection.app.state.services
    if services.admin_token:
        await _require(services.admin_token, connection)
    elif not (services.admin_open and connection.base_url.hostname in LOOPBACK_HOSTS):
        raise NotFoundException


async def _require(token: str, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Header values are decoded as Latin-1; as bytes they also compare where the token is not ASCII.

    Only HTTP's own white space is stripped: in Latin-1 the last byte of an "à" looks like a space too. The right token
    never waits: callers behind one proxy share an address, and nobody may lock the operators out by guessing.
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
        wrong_tokens.wrong(address)
    raise NotAuthorizedException(
        "The operators' token is missing or wrong.", headers={"WWW-Authenticate": 'Bearer realm="trunkline"'}
    )
