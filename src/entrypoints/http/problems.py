"""Errors as RFC 9457 problem details: the one place that knows which error is which status."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from attrs import field, frozen
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from application.channels import UnknownChannelError
from application.operating.initiate_message import (
    KeyTakenError,
    MarketingRefusedError,
    NothingToSayError,
    TooManyWaitingError,
    WindowClosedError,
)
from application.operating.replay_dead_letter import HumanAnswersError
from application.ports.dead_letters import (
    ImpossibleDeadLetterIdError,
    UnknownDeadLetterError,
    UnreadableDeadLetterError,
)
from application.ports.inbound_channel import ForgedWebhookError, MalformedWebhookError
from application.ports.messenger import SendFailedError
from application.ports.store import StoreUnavailableError
from entrypoints.http.body import BodyTooLargeError, BodyTooSlowError, ClientLeftError, TooManyBodiesError
from entrypoints.http.wrong_tokens import TooManyGuessesError

MEDIA_TYPE = "application/problem+json"
# What is left of a body that was refused would be taken for the next request.
CLOSE = {"Connection": "close"}

logger = structlog.get_logger(__name__)


class NotReadyError(Exception):
    """A part this service needs is away; `parts` says of each how it is."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {state}" for name, state in parts.items()))
        self.parts = parts


class InvalidMessagesError(Exception):
    """Messages are not as docs/whatsapp.md describes them; `problems` says what they lack."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class NoAddresseeError(Exception):
    """Nobody is named, or two are, or the name is none; says what to change."""


class NoKeyError(Exception):
    """Without a key, asking again after a lost answer would send again."""


@frozen(kw_only=True)
class ProblemDetails:
    """The body of every error. `type` names the kind of problem, `instance` is the path that was asked for."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


@frozen(kw_only=True)
class Problem:
    """A kind of error as the outside sees it; fixed words, so that nothing internal or secret gets out."""

    status: int
    kind: str
    detail: str
    headers: Mapping[str, str] = field(factory=dict)


# The framework's own words repeat the address with everything in it.
WRONG_PARAMETERS = Problem(
    status=400, kind="parameters", detail="Parameters are not as the description at /schema says; see errors."
)
SERVER_ERROR = Problem(status=500, kind="internal", detail="Something went wrong on our side; the log has the details.")

PROBLEMS: Mapping[type[Exception], Problem] = {
    UnknownChannelError: Problem(status=404, kind="unknown-channel", detail="No channel of that name is configured."),
    ForgedWebhookError: Problem(status=403, kind="forged", detail="The call does not prove that the channel made it."),
    MalformedWebhookError: Problem(status=400, kind="malformed", detail="The body is not in the channel's format."),
    BodyTooLargeError: Problem(status=413, kind="too-large", detail="The body has more than 3 MB.", headers=CLOSE),
    BodyTooSlowError: Problem(status=408, kind="too-slow", detail="The body did not come in time.", headers=CLOSE),
    TooManyBodiesError: Problem(
        status=503,
        kind="too-many-bodies",
        detail="Too many bodies are under way at once: send it again later.",
        headers={"Retry-After": "2", **CLOSE},
    ),
    TooManyGuessesError: Problem(
        status=429,
        kind="too-many-tokens",
        detail="Too many wrong operators' tokens came from this address: try again later.",
        headers={"Retry-After": "60"},
    ),
    ClientLeftError: Problem(status=400, kind="cut-off", detail="The body is not complete.", headers=CLOSE),
    # Only what a caller sent is read by functions that call themselves.
    RecursionError: Problem(status=400, kind="too-deep", detail="The body is nested too deeply."),
    ImpossibleDeadLetterIdError: Problem(
        status=400, kind="impossible-dead-letter-id", detail="No dead letter can have that id: a number is too large."
    ),
    UnknownDeadLetterError: Problem(
        status=404, kind="unknown-dead-letter", detail="There is no dead letter of that id."
    ),
    UnreadableDeadLetterError: Problem(
        status=409,
        kind="unreadable-dead-letter",
        detail="This version cannot read its turn: replay it with the version that wrote it, or discard it.",
    ),
    HumanAnswersError: Problem(
        status=409,
        kind="human-answers",
        detail="A human answers in this conversation, and would hold it back: end that first.",
    ),
    InvalidMessagesError: Problem(
        status=400, kind="misspoken", detail="Messages are not as the documentation describes them; see problems."
    ),
    NothingToSayError: Problem(status=400, kind="nothing-to-say", detail="There is no message to be sent."),
    NoAddresseeError: Problem(status=400, kind="no-addressee", detail="A message goes to one person; see problems."),
    NoKeyError: Problem(
        status=400,
        kind="no-idempotency-key",
        detail="Send an Idempotency-Key, and the same one when you ask again: the message then goes out once.",
    ),
    KeyTakenError: Problem(
        status=422,
        kind="idempotency-key-taken",
        detail="This Idempotency-Key came with another person or other messages before: take a new one for these.",
    ),
    TooManyWaitingError: Problem(
        status=429,
        kind="too-many-waiting",
        detail="Too many messages to this person wait already; ask again later with the same key.",
        headers={"Retry-After": "60"},
    ),
    WindowClosedError: Problem(
        status=409,
        kind="window-closed",
        detail="The person wrote too long ago: send a template, or wait until they write again.",
    ),
    MarketingRefusedError: Problem(
        status=409,
        kind="marketing-refused",
        detail="The person takes no marketing messages, and a template without a category may be one: "
        "if it is none, name its category in the template (utility or authentication).",
    ),
    SendFailedError: Problem(
        status=502,
        kind="file-not-taken",
        detail="The channel does not take a file; see reason. Nothing was queued.",
    ),
    NotReadyError: Problem(status=503, kind="not-ready", detail="Not every part can be reached."),
    StoreUnavailableError: Problem(
        status=503, kind="store-unavailable", detail="The store cannot be reached.", headers={"Retry-After": "2"}
    ),
}


def problem_response(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Litestar's exception handler for everything."""
    match error:
        case ValidationException() | UnicodeDecodeError():
            problem = WRONG_PARAMETERS
        case HTTPException(status_code=status) if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            problem = Problem(status=status, kind="http", detail=error.detail, headers=error.headers or {})
        case _:
            problem = next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), SERVER_ERROR)
    if problem is SERVER_ERROR:
        logger.error("request failed", method=request.method, path=request.scope["path"], exc_info=error)
    return Response(
        _details(request, problem) | _extension(error),
        status_code=problem.status,
        headers={**problem.headers, "X-Content-Type-Options": "nosniff"},
        media_type=MEDIA_TYPE,
    )


def _details(request: Request[Any, Any, Any], problem: Problem) -> dict[str, Any]:
    return {
        "type": "about:blank" if problem.kind == "http" else f"urn:trunkline:problem:{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.scope["path"],
    }


def _extension(error: Exception) -> dict[str, Any]:
    """The members beyond the standard ones: which parts are away, or which parameters are wrong."""
    match error:
        case NotReadyError(parts=parts):
            return {"parts": dict(parts)}
        case InvalidMessagesError(problems=problems):
            return {"problems": list(problems)}
        case NoAddresseeError():
            return {"problems": [str(error)]}
        case SendFailedError():
            return {"reason": str(error)}
        case HTTPException(extra=list(errors)):
            return {"errors": errors}
        case _:
            return {}


def problem_specs(*statuses: int) -> dict[int, ResponseSpec]:
    """How the API's description announces these statuses."""
    return {
        status: ResponseSpec(
            ProblemDetails, description=HTTPStatus(status).phrase, media_type=MEDIA_TYPE, generate_examples=False
        )
        for status in statuses
    }
