"""Access control of the operators' routes."""

import hmac
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers import BaseRouteHandler

from application.channels import UnknownChannelError
from domain.operators.operator import ADMIN, DEVELOPER, Operator, Role
from domain.people.person import channel_of
from entrypoints.http.permissions import check_permission
from entrypoints.http.server.loopback import LOOPBACK_HOSTS
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens

SECURITY = {"operator": list[str]()}
# Who has the token of the configuration, and who works in development without one.
THE_ADMIN = Operator(name=ADMIN, role=Role.ADMIN)
THE_DEVELOPER = Operator(name=DEVELOPER, role=Role.ADMIN)


async def operators_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: requires `Authorization: Bearer` with the token of an operator who may use the route.

    Where no admin token is configured the routes answer 404, unless they are open. Open routes require a loopback name
    in the Host header, so that a web page cannot reach them by pointing its own name to 127.0.0.1.
    """
    operator = await _identify(connection)
    connection.scope["state"]["operator"] = operator
    check_permission(operator, method=str(connection.scope.get("method")), route=connection.scope["path_template"])
    names = connection.path_params
    channel = names.get("channel") or channel_of(names.get("conversation", ""))
    if channel and not operator.sees(channel):
        raise UnknownChannelError(channel)


def present_operator(request: Request[Any, Any, Any]) -> Operator:
    """The operator who makes this request, as `operators_only` found them."""
    operator: Operator = request.scope["state"]["operator"]
    return operator


async def is_still_valid(services: Services, operator: Operator) -> bool:
    """Whether the operator still has the same rights, for a response that goes on for long.

    Raises:
        StoreUnavailableError: ask again.
    """
    if operator in {THE_ADMIN, THE_DEVELOPER}:
        return True
    registered = await services.manage_operators.operators.of(name=operator.name)
    return registered is not None and registered.operator == operator


async def _identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Operator:
    services: Services = connection.app.state.services
    authorization = connection.headers.get("authorization", "")
    if not services.admin_token:
        if not (services.admin_open and connection.base_url.hostname in LOOPBACK_HOSTS):
            raise NotFoundException
        if not authorization:
            return THE_DEVELOPER
    scheme, _, given = authorization.partition(" ")
    operator = await operator_of(services, given) if scheme.lower() == "bearer" else None
    if operator is None:
        if authorization:
            await slow_down(connection)
        raise NotAuthorizedException(
            "The operators' token is missing or wrong.", headers={"WWW-Authenticate": 'Bearer realm="trunkline"'}
        )
    return operator


async def operator_of(services: Services, given: str) -> Operator | None:
    """Whose token this is. Tokens are compared as bytes, so that they need not be ASCII: headers are read as Latin-1.

    Only spaces and tabs are stripped: the last byte of an "à" in UTF-8 is a no-break space in Latin-1.
    """
    token = given.strip(" \t").encode("latin-1", errors="replace")
    if services.admin_token and hmac.compare_digest(token, services.admin_token.encode()):
        return THE_ADMIN
    registered = await services.manage_operators.identify(token.decode(errors="replace"))
    return registered.operator if registered else None


async def slow_down(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Count a wrong token, and wait when there were many.

    The right token never waits: callers behind one proxy share an address, and nobody may lock the operators out.
    """
    wrong_tokens: WrongTokens = connection.app.state.wrong_tokens
    address = connection.client.host if connection.client else ""
    await wrong_tokens.wait(address)
    wrong_tokens.count(address)
