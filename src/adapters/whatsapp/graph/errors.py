"""What the Graph API's errors mean for a message.

Source: Meta, "Cloud API error codes" (September 2026). Titles, subcodes and HTTP statuses are not stable, the
codes are; so the status only counts where there is no code we know.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

import httpx

from adapters.whatsapp.webhook.fields import storable
from application.ports.messenger import SendFailedError
from domain.policies.retry import SendFailure

CODES: Mapping[int, SendFailure] = {
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
    **dict.fromkeys((0, 3, 10, 104, 190, *range(200, 300)), SendFailure.NUMBER_STOPPED),
    **dict.fromkeys((131005, 368, 131031, 130497, 131042, 131044, 131045, 131037), SendFailure.NUMBER_STOPPED),
    **dict.fromkeys((133010, 131048, 131064, 133016), SendFailure.NUMBER_STOPPED),
}
STATUSES: Mapping[int, SendFailure] = {
    HTTPStatus.TOO_MANY_REQUESTS: SendFailure.THROTTLED,
    HTTPStatus.UNAUTHORIZED: SendFailure.NUMBER_STOPPED,
    HTTPStatus.FORBIDDEN: SendFailure.NUMBER_STOPPED,
    HTTPStatus.REQUEST_TIMEOUT: SendFailure.UNKNOWN,
}
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
NEVER_SENDABLE = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
NO_SUCH_OBJECT = (100, 33)  # or no permission to use it
RECIPIENT_NOT_ALLOWED = 131030
DEAD_TOKEN = frozenset({0, 104, 190})
MAX_DETAIL = 500


def document_of(response: httpx.Response) -> Mapping[str, object]:
    """The JSON object in the response; empty where there is none, as in a gateway's page of HTML."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def refused(response: httpx.Response, *, secrets: Sequence[str]) -> SendFailedError:
    """The failure in a response that is not the expected one; `secrets` are left out should it repeat them."""
    fields = _error(response)
    words = storable("; ".join(_words(fields))) or response.reason_phrase
    for secret in sorted(filter(None, secrets), key=len, reverse=True):  # one may be the beginning of another
        words = words.replace(secret, "[left out]")
    code = _code(fields)
    named = f"HTTP {response.status_code}" if code is None else f"HTTP {response.status_code}, code {code}"
    return SendFailedError(_failure(fields, code, response.status_code), f"{named}: {words[:MAX_DETAIL]}")


def names_nothing(response: httpx.Response) -> bool:
    """Whether the request was about an id that is none."""
    fields = _error(response)
    return (_code(fields), fields.get("error_subcode")) == NO_SUCH_OBJECT


def recipient_not_allowed(response: httpx.Response) -> bool:
    """Whether a test number may not write to this recipient; nothing was sent."""
    return _code(_error(response)) == RECIPIENT_NOT_ALLOWED


def token_is_dead(response: httpx.Response) -> bool:
    """Whether the token opens nothing any more, whatever the request was about."""
    return _code(_error(response)) in DEAD_TOKEN


def unanswered(error: httpx.HTTPError) -> SendFailedError:
    """The failure of a request that got no response; an error's own words may hold the token, so only its name."""
    name = type(error).__name__
    if isinstance(error, NEVER_SENT):
        return SendFailedError(SendFailure.UNREACHABLE, f"not sent, no connection: {name}")
    if isinstance(error, NEVER_SENDABLE):
        return SendFailedError(SendFailure.NUMBER_STOPPED, f"not sent, the address or token cannot be used: {name}")
    return SendFailedError(SendFailure.UNKNOWN, f"no response: {name}")


def _error(response: httpx.Response) -> Mapping[str, object]:
    error = document_of(response).get("error")
    return error if isinstance(error, dict) else {}


def _failure(fields: Mapping[str, object], code: int | None, status: int) -> SendFailure:
    if (code, fields.get("error_subcode")) == NO_SUCH_OBJECT:  # our number
        return SendFailure.NUMBER_STOPPED
    if code is not None and code in CODES:
        return CODES[code]
    if fields.get("is_transient") is True:
        return SendFailure.UNKNOWN
    refused_for_good = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return STATUSES.get(status, SendFailure.FINAL if refused_for_good else SendFailure.UNKNOWN)


def _code(fields: Mapping[str, object]) -> int | None:
    code = fields.get("code")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _words(fields: Mapping[str, object]) -> Iterator[str]:
    """Message, details and trace id; `error_data` is an object or plain text."""
    data = fields.get("error_data")
    for words in (fields.get("message"), data.get("details") if isinstance(data, dict) else data):
        if isinstance(words, str) and words:
            yield words
    if trace := fields.get("fbtrace_id"):
        yield f"fbtrace_id {trace}"
