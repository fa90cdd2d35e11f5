"""Answer errors as RFC 9457 problem details."""

from http import HTTPStatus
from typing import Any

import structlog
from attrs import frozen
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec
from litestar.types import Receive, Scope, Send

from application.operating.initiate_message import UnsupportedPartError
from application.operating.manage_operators import InvalidOperatorError
from application.operating.send_for_run import ForeignChannelError, UnknownRecipientError
from application.ports.messenger import SendFailedError
from application.ports.proposals import AlreadyDecidedError
from entrypoints.http.errors import InvalidMessagesError, InvalidRecipientError, NotReadyError
from entrypoints.http.permissions import NotAllowedError
from entrypoints.http.problem_types import INTERNAL_ERROR, INVALID_REQUEST, PROBLEMS, Problem
from entrypoints.settings import ConfigurationError

MEDIA_TYPE = "application/problem+json"

logger = structlog.get_logger(__name__)


@frozen(kw_only=True)
class ProblemDetails:
    """The body of every error. `type` names the kind of problem, `instance` is the path of the request."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


def problem_response(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Answer any error with problem details (Litestar's exception handler). Unknown errors are logged."""
    match error:
        case ValidationException() | UnicodeDecodeError():
            problem = INVALID_REQUEST
        case HTTPException(status_code=status) if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            problem = Problem(status=status, type="http", detail=error.detail, headers=error.headers or {})
        case _:
            problem = next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), INTERNAL_ERROR)
    if problem is INTERNAL_ERROR:
        logger.error("request failed", method=request.method, path=request.scope["path"], exc_info=error)
    return Response(
        _details(request, problem) | _extension(error),
        status_code=problem.status,
        headers={**problem.headers, "X-Content-Type-Options": "nosniff"},
        media_type=MEDIA_TYPE,
    )


async def answer_problem(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer any error where no handler of Litestar answers."""
    request = Request[Any, Any, Any](scope, receive, send)
    answer = problem_response(request, error).to_asgi_response(None, request)
    await answer(scope, receive, send)


def _details(request: Request[Any, Any, Any], problem: Problem) -> dict[str, Any]:
    return {
        "type": "about:blank" if problem.type == "http" else f"urn:trunkline:problem:{problem.type}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.scope["path"],
    }


def _extension(error: Exception) -> dict[str, Any]:
    """The members beyond the standard ones, like which parts are away or which parameters are wrong."""
    match error:
        case NotReadyError(parts=parts):
            members: dict[str, Any] = {"parts": dict(parts)}
        case InvalidMessagesError(problems=problems):
            members = {"problems": list(problems)}
        case ConfigurationError(problems=mistakes):
            members = {"problems": [str(mistake) for mistake in mistakes]}
        case InvalidRecipientError() | UnknownRecipientError():
            members = {"problems": [str(error)]}
        case SendFailedError() | UnsupportedPartError() | ForeignChannelError():
            members = {"reason": str(error)}
        case NotAllowedError() | InvalidOperatorError():
            members = {"reason": str(error)}
        case AlreadyDecidedError(proposal=proposal):
            members = {"state": proposal.state.value, "decided_by": proposal.decided_by or None}
        case HTTPException(extra=list(errors)):
            members = {"errors": errors}
        case _:
            members = {}
    return members


def problem_specs(*statuses: int) -> dict[int, ResponseSpec]:
    """How the description at /schema documents these statuses."""
    return {
        status: ResponseSpec(
            ProblemDetails, description=HTTPStatus(status).phrase, media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in statuses
    }
