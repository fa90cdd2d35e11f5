"""The login of the console."""

from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.response import Redirect

import page_kit
from application.ports.sessions import Session
from domain.operators.operator import Operator
from entrypoints.http.audit_trail import begin_trail
from entrypoints.http.cookie_session import begin_session, check_csrf, check_own_page, csrf_token, end_session
from entrypoints.http.operator_access import credential_of, identify, require_routes, slow_down
from entrypoints.http.services import Services
from entrypoints.http.static_files import static_files
from entrypoints.http.wrong_tokens import TooManyAttemptsError

PAGES = Path(__file__).parents[1] / "console"
LOGIN = "/console/login"
# Where a login leads.
HOME = "/console"
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, a browser would hide from us that the form is our own.
    "Referrer-Policy": "same-origin",
}
FRAME = Template((PAGES / "login.html").read_text(encoding="utf-8"))
FORM = (PAGES / "login_form.html").read_text(encoding="utf-8")
WELCOME = Template((PAGES / "logged_in.html").read_text(encoding="utf-8"))
LOGOUT = Template((PAGES / "logout_form.html").read_text(encoding="utf-8"))
WRONG = "This token is wrong, or was revoked."
TOO_MANY = "Too many wrong tokens came from this address. Try again in a minute."


@get(LOGIN, include_in_schema=False)
async def show_login(request: Request[Any, Any, Any]) -> Response[str]:
    """The form; or, for somebody who is logged in, who they are, and the way out."""
    try:
        operator = await identify(request)
    except NotAuthorizedException:
        return _page(FORM)
    return _page(_welcome(request, operator))


@post(LOGIN, include_in_schema=False)
async def log_in(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[str] | Redirect:
    """Give a session for a token."""
    require_routes(request)
    check_own_page(request)
    form = await request.form()
    token = form.get("token", "")
    credential = await credential_of(services, token.strip().encode()) if isinstance(token, str) else None
    if credential is None:
        try:
            await slow_down(request)
        except TooManyAttemptsError:
            return _page(FORM, problem=TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
        return _page(FORM, problem=WRONG, status=HTTPStatus.UNAUTHORIZED)
    begin_trail(request.scope, credential.operator)
    session = Session(operator=credential.operator.name, credential=credential.digest)
    return Redirect(HOME, status_code=303, cookies=[await begin_session(services.sessions, request, session)])


@post("/console/logout", include_in_schema=False)
async def log_out(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Redirect:
    """End the session. The form brings the CSRF token as a field."""
    operator = await identify(request)
    form = await request.form()
    check_csrf(request, str(form.get("csrf_token", "")))
    begin_trail(request.scope, operator)
    return Redirect(LOGIN, status_code=303, cookies=[await end_session(services.sessions, request)])


def assets() -> Router:
    """The files of the console's pages."""
    return static_files("/console/assets", [PAGES / "assets", page_kit.FILES])


def _welcome(request: Request[Any, Any, Any], operator: Operator) -> str:
    token = csrf_token(request)
    return WELCOME.substitute(
        name=escape(operator.name),
        role=operator.role,
        channels=escape(", ".join(operator.channels)) or "all",
        logout=LOGOUT.substitute(csrf_token=token) if token else "",
    )


def _page(content: str, *, problem: str = "", status: int = HTTPStatus.OK) -> Response[str]:
    shown = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    page = FRAME.substitute(content=content, problem=shown)
    return Response(page, status_code=status, media_type="text/html", headers=PAGE_HEADERS)
