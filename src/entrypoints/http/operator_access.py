"""Access control of the operators' routes."""

import hmac
from typing import Any

from attrs import frozen
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers import BaseRouteHandler

from application.channels import UnknownChannelError
from application.operating.manage_operators import digest_of
from domain.operators.operator import ADMIN, DEVELOPER, Operator, Role
from domain.people.person import channel_of
from entrypoints.http.audit_trail import begin_trail
from entrypoints.http.cookie_session import CSRF_HEADER, check_csrf, session_of
from entrypoints.http.permissions import check_permission
from entrypoints.http.server.loopback import LOOPBACK_HOSTS
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens

SECURITY = {"operator": list[str]()}
# Who has the token of the configuration, and who works in development without one.
THE_ADMIN = Operator(name=ADMIN, role=Role.ADMIN)
THE_DEVELOPER = Operator(name=DEVELOPER, role=Role.ADMIN)


async def operators_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: requires the token or the session of an operator who may use the route.

    `Authorization: Bearer` has the token; the cookie of the console's login has the session. With the cookie, whatever
    changes something needs the header X-CSRF-Token too.

    Where no admin token is configured the routes answer 404, unless they are open. Open routes require a loopback name
    in the Host header, so that a web page cannot reach them by pointing its own name to 127.0.0.1.
    """
    operator = await identify(connection)
    begin_trail(connection.scope, operator)
    has_session = "authorization" not in connection.headers and operator != THE_DEVELOPER
    if has_session and connection.scope.get("method") != "GET":
        check_csrf(connection, connection.headers.get(CSRF_HEADER, ""))
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


@frozen(kw_only=True)
class Credential:
    """Who shows a token, and its digest."""

    operator: Operator
    digest: str


async def identify(connection: ASGIConnection[Any, Any, Any, Any]) -> Operator:
    """Who makes this request: by their token, or by the cookie of a session.

    Raises:
        NotFoundException: there are no operators' routes.
        NotAuthorizedException: by neither of them. A wrong token is answered slowly when there were many.
        StoreUnavailableError: ask again.
    """
    services: Services = connection.app.state.services
    require_routes(connection)
    authorization = connection.headers.get("authorization")
    if authorization is None:
        operator = await _logged_in(services, connection)
        if operator is None and not services.admin_token:
            return THE_DEVELOPER
    else:
        operator = await _with_token(services, authorization)
        if operator is None and authorization:
            await slow_down(connection)
    if operator is None:
        raise NotAuthorizedException(
            "The operators' token is missing or wrong.", headers={"WWW-Authenticate": 'Bearer realm="trunkline"'}
        )
    return operator


def require_routes(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Check that there are operators' routes for this request.

    Raises:
        NotFoundException: there are none.
    """
    services: Services = connection.app.state.services
    if not (services.admin_token or (services.admin_open and connection.base_url.hostname in LOOPBACK_HOSTS)):
        raise NotFoundException


async def _with_token(services: Services, authorization: str) -> Operator | None:
    """Whose token the header has. Headers are read as Latin-1; tokens are compared as bytes.

    Only spaces and tabs are stripped: the last byte of an "à" in UTF-8 is a no-break space in Latin-1.
    """
    scheme, _, given = authorization.partition(" ")
    credential = await credential_of(services, given.strip(" \t").encode("latin-1", errors="replace"))
    return credential.operator if credential and scheme.lower() == "bearer" else None


async def _logged_in(services: Services, connection: ASGIConnection[Any, Any, Any, Any]) -> Operator | None:
    """Whose session the cookie has. It ends with the token that began it."""
    session = await session_of(services.sessions, connection)
    if session is None:
        return None
    if session.operator == ADMIN:
        present = digest_of(services.admin_token) if services.admin_token else ""
        return THE_ADMIN if hmac.compare_digest(session.credential, present) else None
    registered = await services.manage_operators.operators.of(name=session.operator)
    if registered is None or not hmac.compare_digest(session.credential, registered.digest):
        return None
    return registered.operator


async def credential_of(services: Services, token: bytes) -> Credential | None:
    """Whose token this is. It need not be ASCII.

    Raises:
        StoreUnavailableError: ask again.
    """
    if services.admin_token and hmac.compare_digest(token, services.admin_token.encode()):
        return Credential(operator=THE_ADMIN, digest=digest_of(services.admin_token))
    registered = await services.manage_operators.identify(token.decode(errors="replace"))
    return Credential(operator=registered.operator, digest=registered.digest) if registered else None


async def slow_down(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Count a wrong token, and wait when there were many.

    The right token never waits: callers behind one proxy share an address, and nobody may lock the operators out.
    """
    wrong_tokens: WrongTokens = connection.app.state.wrong_tokens
    address = connection.client.host if connection.client else ""
    await wrong_tokens.wait(address)
    wrong_tokens.count(address)
