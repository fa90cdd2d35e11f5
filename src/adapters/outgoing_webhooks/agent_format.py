"""The format of the turns that are posted to an agent's address, and of its answers (see docs/agents.md)."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import httpx
import msgspec

from application.ports.agent import AgentFailedError, AgentFile
from domain.policies.retry import AgentFailure

FAILURE_OF_STATUS: Mapping[int, AgentFailure] = {
    HTTPStatus.NOT_FOUND: AgentFailure.UNKNOWN_AGENT,
    HTTPStatus.REQUEST_TIMEOUT: AgentFailure.TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS: AgentFailure.NOT_READY,
    HTTPStatus.BAD_GATEWAY: AgentFailure.MODEL_FAILED,
    HTTPStatus.SERVICE_UNAVAILABLE: AgentFailure.NOT_READY,
    HTTPStatus.GATEWAY_TIMEOUT: AgentFailure.TIMEOUT,
}


class JsonAnswer(msgspec.Struct):
    """An answer in JSON: the same text, data and usage as those of an Astromesh agent."""

    answer: str = ""
    data: object = None
    blocked: bool = False
    usage: object = None


class PostedFile(msgspec.Struct, omit_defaults=True):
    """A file of the turn. It has `content` in base 64, or says why it is `unavailable`."""

    message_id: str
    kind: str
    mime_type: str
    name: str
    size: int | None = None
    content: bytes | None = None
    unavailable: str | None = None


def turn_body(turn: Mapping[str, object], files: Sequence[AgentFile]) -> bytes:
    """The turn in JSON. Halves of emoji, which people send, become question marks: few programs read them."""
    posted = [
        PostedFile(
            message_id=utf8(file.message_id).decode(),
            kind=file.kind.value,
            mime_type=utf8(file.mime_type).decode(),
            name=utf8(file.name).decode(),
            size=None if file.content is None else len(file.content),
            content=file.content,
            unavailable=file.unavailable or None,
        )
        for file in files
    ]
    return b"".join(
        (utf8(json.dumps(turn, ensure_ascii=False))[:-1], b', "files": ', msgspec.json.encode(posted), b"}")
    )


def utf8(text: str) -> bytes:
    """The text in UTF-8, with a question mark for each half of an emoji."""
    return text.encode(errors="replace")


def read_answer(media_type: str, body: bytes) -> JsonAnswer:
    """The answer in the body of a response that succeeded. `media_type` is without parameters, in lower case.

    Raises:
        AgentFailedError: CRASHED, the body is no answer.
    """
    match media_type:
        case "application/json":
            try:
                # Not msgspec's decoder: it refuses a document with half of an emoji, which `read_agent_reply` removes.
                return msgspec.convert(json.loads(body), JsonAnswer)
            except (ValueError, RecursionError) as error:
                detail = 'a body that is no JSON object with the text "answer"'
                raise AgentFailedError(AgentFailure.CRASHED, detail) from error
        case "text/plain" | "text/markdown":
            return JsonAnswer(answer=body.decode(errors="replace"))
        case "" if not body:
            return JsonAnswer()
        case _:
            raise AgentFailedError(AgentFailure.CRASHED, "an answer that is neither application/json nor text/plain")


def failure_of_status(status: int) -> AgentFailedError:
    """What a status means that is no success. The body may quote the person, so it is not shown."""
    if redirects(status):
        return AgentFailedError(AgentFailure.REJECTED, f"HTTP {status}; redirects are not followed")
    other = AgentFailure.CRASHED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else AgentFailure.REJECTED
    return AgentFailedError(FAILURE_OF_STATUS.get(status, other), f"HTTP {status}")


def redirects(status: int) -> bool:
    """Whether a response with this status leads to another address."""
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST


def failure_of_connection(error: httpx.HTTPError) -> AgentFailedError:
    """The failure of a request without a response. Once there was a connection, the run may have begun."""
    match error:
        case httpx.UnsupportedProtocol():
            return AgentFailedError(AgentFailure.REJECTED, "the address is not a public one")
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError():
            failure = AgentFailure.UNREACHABLE
        case httpx.TimeoutException():
            failure = AgentFailure.TIMEOUT
        case _:
            failure = AgentFailure.CRASHED
    return AgentFailedError(failure, type(error).__name__)
