"""What Meta's errors mean for a message: those that the Graph API answers with, and those that webhooks report.

Source: Meta, "Cloud API error codes" and "status webhook reference" (September 2026). Titles, subcodes and HTTP
statuses change, codes do not. So an HTTP status counts only where there is no code that we know.

What may be logged: a detail begins with the HTTP status and the code, and Meta's own words follow after a colon. Logs
show only what stands before the colon (`domain.policies.retry.loggable`). Events and dead letters show everything, so
the access token and the texts of the message are removed from Meta's words. Of an httpx error only the type is shown:
its own words may hold the token.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Self

from attrs import frozen

from adapters.channel_kit.http import ApiResponse, failure_of_status, refused, response_object
from adapters.channel_kit.json_fields import maybe_count, maybe_object, maybe_objects, maybe_text
from application.ports.messenger import SendFailedError
from domain.policies.retry import SendFailure

# The token of a call may not do what the call asks for. A webhook has no token: there, such a code is nonsense.
CALL_NOT_ALLOWED = frozenset({0, 3, 10, 104, 190, *range(200, 300)})
FAILURE_OF_CODE: Mapping[int, SendFailure] = {
    **dict.fromkeys((4, 80007, 130429), SendFailure.THROTTLED),
    131056: SendFailure.PERSON_THROTTLED,
    **dict.fromkeys((1, 2, 131000, 131016, 131057, 133004), SendFailure.UNKNOWN),
    131047: SendFailure.WINDOW_CLOSED,
    **dict.fromkeys((131052, 131053), SendFailure.MEDIA_REFUSED),
    **dict.fromkeys((100, 131008, 131009, 131051), SendFailure.PART_REFUSED),
    **dict.fromkeys((33, 131021, 131026, 131030, 131049, 131050), SendFailure.FINAL),
    **dict.fromkeys((131060, 131062, 131063, 130403, 130472), SendFailure.FINAL),
    **dict.fromkeys((132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018), SendFailure.FINAL),
    **dict.fromkeys((132068, 132069, 135000, 137000), SendFailure.FINAL),
    **dict.fromkeys(CALL_NOT_ALLOWED, SendFailure.ACCOUNT_BLOCKED),
    **dict.fromkeys((131005, 368, 131031, 130497, 131042, 131044, 131045, 131037), SendFailure.ACCOUNT_BLOCKED),
    **dict.fromkeys((133010, 131048, 131064, 133016), SendFailure.ACCOUNT_BLOCKED),
}
FAILURE_OF_STATUS: Mapping[int, SendFailure] = {HTTPStatus.FORBIDDEN: SendFailure.ACCOUNT_BLOCKED}
NO_SUCH_OBJECT = (100, 33)  # code and subcode; it also means that there is no permission to use the object
RECIPIENT_NOT_ALLOWED = 131030
INVALID_TOKEN = frozenset({0, 104, 190})


@frozen(kw_only=True)
class GraphError:
    """One error object of Meta's. `code` is None, and a text empty, where the object does not have it."""

    code: int | None = None
    subcode: int | None = None
    title: str = ""
    message: str = ""
    details: str = ""
    trace_id: str = ""
    is_transient: bool = False

    @classmethod
    def read(cls, value: object) -> Self:
        """The error in `value`, whatever else that is. `error_data` is an object or plain text."""
        error = maybe_object(value)
        data = error.get("error_data")
        return cls(
            code=maybe_count(error.get("code")),
            subcode=maybe_count(error.get("error_subcode")),
            title=maybe_text(error.get("title")),
            message=maybe_text(error.get("message")),
            details=maybe_text(data.get("details") if isinstance(data, dict) else data),
            trace_id=maybe_text(error.get("fbtrace_id")),
            is_transient=error.get("is_transient") is True,
        )

    @classmethod
    def of_response(cls, response: ApiResponse) -> Self:
        """The error in a response. The Graph API writes codes as numbers: a code in a string is somebody else's."""
        error = maybe_object(response_object(response).get("error"))
        return cls.read({**error, "code": error.get("code") if isinstance(error.get("code"), int) else None})

    @property
    def known_failure(self) -> SendFailure | None:
        """What the code means for the message; None for a code that we do not know."""
        return None if self.code is None else FAILURE_OF_CODE.get(self.code)

    @property
    def names_no_object(self) -> bool:
        """Whether the request was about an id that does not exist."""
        return (self.code, self.subcode) == NO_SUCH_OBJECT

    @property
    def forbids_recipient(self) -> bool:
        """Whether a test number may not write to this recipient. Nothing was sent."""
        return self.code == RECIPIENT_NOT_ALLOWED

    @property
    def rejects_token(self) -> bool:
        """Whether Meta accepts the access token for nothing any more, whatever the request was about."""
        return self.code in INVALID_TOKEN

    @property
    def reason(self) -> str:
        """The error in words, as a webhook reports it.

        Example: "131047 Re-engagement message: more than 24 hours have passed". Where there is a title and a message,
        they are the same.
        """
        code = "" if self.code is None else str(self.code)
        title = " ".join(filter(None, (code, self.title or self.message)))
        return ": ".join(filter(None, (title, self.details))) or "no reason given"

    def failure_of_status(self, status: int) -> SendFailure:
        """What a response with this error and this HTTP status means for the message."""
        if self.names_no_object:  # the object is our own number
            return SendFailure.ACCOUNT_BLOCKED
        if self.known_failure:
            return self.known_failure
        if self.is_transient:
            return SendFailure.UNKNOWN
        return failure_of_status(status, FAILURE_OF_STATUS, otherwise=SendFailure.FINAL)


def reported_errors(value: object) -> list[GraphError]:
    """The errors that a webhook lists; none when `value` is not a list."""
    return [GraphError.read(item) for item in maybe_objects(value)]


def reported_failure(errors: Sequence[GraphError]) -> SendFailure:
    """What a webhook's errors mean for the message: that of the first code that a webhook may have, or else FINAL."""
    failures = (error.known_failure for error in errors if error.code not in CALL_NOT_ALLOWED)
    return next(filter(None, failures), SendFailure.FINAL)


def refusal(response: ApiResponse, *, secrets: Sequence[str]) -> SendFailedError:
    """The failure that a response means when it is not the expected one.

    Example of its detail: "HTTP 400, code 131009: Parameter is not valid; fbtrace_id AbC". It has none of `secrets`.
    """
    error = GraphError.of_response(response)
    trace = f"fbtrace_id {error.trace_id}" if error.trace_id else ""
    words = "; ".join(filter(None, (error.message, error.details, trace))) or response.reason_phrase
    failure, code = error.failure_of_status(response.status_code), "" if error.code is None else str(error.code)
    return refused(failure, response, about=f"code {code}" if code else "", words=words, secrets=secrets, code=code)
