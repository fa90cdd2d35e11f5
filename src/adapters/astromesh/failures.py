"""What Astromesh's responses mean, as `AgentFailedError`.

An error may quote the person, also through the model provider. So a detail holds only harmless things (a status, a
code, the name of a type), and never the whole text of an error.
"""

import re
from collections.abc import Mapping

import httpx
import msgspec

from adapters.astromesh.confirmation import split_confirmation
from adapters.astromesh.proposals import read_proposals
from adapters.astromesh.structured import without_messages
from application.agent_markup.usage import read_usage
from application.ports.agent import AgentAnswer, AgentFailedError
from domain.policies.retry import AgentFailure

OK = 200
NOT_FOUND = 404
FIRST_SERVER_ERROR = 500

FAILURE_OF_STATUS: Mapping[int, AgentFailure] = {
    429: AgentFailure.NOT_READY,
    502: AgentFailure.MODEL_FAILED,
    503: AgentFailure.NOT_READY,
    504: AgentFailure.TIMEOUT,
}
_NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_CODE = re.compile(r"[a-z_]{1,60}")
_HARMLESS_PHRASES = re.compile(r"No API key|Provider returned \d{3}")


def answer(*, text: str, blocked: bool, data: object, proposals: object = None, usage: object = None) -> AgentAnswer:
    """The answer of a run that succeeded. `proposals` and `usage` are what the runtime reports as such.

    Raises:
        AgentFailedError: EMPTY_ANSWER, the text is blank, no guardrail blocked it, and there is no data.
    """
    if not (blocked or text.strip() or data):
        raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "the agent ended its run without an answer")
    rest, confirmation = split_confirmation(text)
    proposed, problems = read_proposals(proposals)
    return AgentAnswer(
        text=without_messages(rest, data),
        blocked=blocked,
        data=data,
        confirmation=confirmation,
        proposals=proposed,
        problems=problems,
        usage=read_usage(usage),
    )


def of_deadline(seconds: float) -> AgentFailedError:
    return AgentFailedError(AgentFailure.TIMEOUT, f"no answer within {seconds:g} s")


def of_connection(error: httpx.HTTPError) -> AgentFailedError:
    """The failure of a request without a response. Once there was a connection, the run may have begun."""
    match error:
        case _ if isinstance(error, _NEVER_CONNECTED):
            failure = AgentFailure.UNREACHABLE
        case httpx.TimeoutException():
            failure = AgentFailure.TIMEOUT
        case _:
            failure = AgentFailure.CRASHED
    return AgentFailedError(failure, type(error).__name__)


def of_response(*, status: int, body: bytes) -> AgentFailedError:
    """The failure in a response with another status than 200."""
    detail = _error_detail(body)
    if status == NOT_FOUND:
        failure = AgentFailure.UNKNOWN_AGENT if names_no_agent(detail) else AgentFailure.CRASHED
    else:
        other = AgentFailure.CRASHED if status >= FIRST_SERVER_ERROR else AgentFailure.REJECTED
        failure = FAILURE_OF_STATUS.get(status, other)
    words = harmless(code=detail.get("error"), message=detail.get("message")) if isinstance(detail, dict) else ""
    return AgentFailedError(failure, f"HTTP {status}: {words}" if words else f"HTTP {status}")


def names_no_agent(detail: object) -> bool:
    """Whether a 404, or the ValueError behind it, is about the agent. Astromesh uses them for any ValueError."""
    return not isinstance(detail, str) or "not found" in detail.lower()


def _error_detail(body: bytes) -> object:
    """The field `detail` of FastAPI's errors; None where the body is not such an error."""
    try:
        error = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return None
    return error.get("detail") if isinstance(error, dict) else None


def harmless(*, code: object, message: object) -> str:
    """What an error may show: its code, and phrases in its message that quote nobody."""
    codes = [code] if isinstance(code, str) and _CODE.fullmatch(code) else []
    return ": ".join([*codes, *_HARMLESS_PHRASES.findall(message if isinstance(message, str) else "")])
