"""An agent behind an address of the operator: each turn is posted there, signed (see docs/agents.md)."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Literal

import httpx
import msgspec
from attrs import field, frozen

from adapters.webhooks.signature import signed_headers
from application.off_loop import off_loop
from application.ports.agent import AgentAnswer, AgentFailedError, AgentFile, ProviderKey
from application.ports.clock import Clock
from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure

TIMEOUT = httpx.Timeout(None, connect=5.0).as_dict()  # beside the time that the whole call may take
# As for Astromesh: enough for a file of 16 MB in base64, with text.
MAX_REPLY_BYTES = 24 * 1024 * 1024
LARGE_REPLY_BYTES = 64 * 1024
MAX_LARGE_REPLIES = 3
PROBE = "probe"
NOTHING_TO_FORGET = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE, HTTPStatus.NOT_IMPLEMENTED}
)
REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
FAILURE_OF_STATUS: Mapping[int, AgentFailure] = {
    HTTPStatus.NOT_FOUND: AgentFailure.UNKNOWN_AGENT,
    HTTPStatus.REQUEST_TIMEOUT: AgentFailure.TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS: AgentFailure.NOT_READY,
    HTTPStatus.BAD_GATEWAY: AgentFailure.MODEL_FAILED,
    HTTPStatus.SERVICE_UNAVAILABLE: AgentFailure.NOT_READY,
    HTTPStatus.GATEWAY_TIMEOUT: AgentFailure.TIMEOUT,
}


class JsonAnswer(msgspec.Struct):
    """An answer in JSON: the same text, and the same data, as those of an Astromesh agent."""

    answer: str = ""
    data: object = None
    blocked: bool = False


class PostedFile(msgspec.Struct, omit_defaults=True):
    """A file of the turn. It has `content` in base 64, or says why it is `unavailable`."""

    message_id: str
    kind: str
    mime_type: str
    name: str
    size: int | None = None
    content: bytes | None = None
    unavailable: str | None = None


@frozen(kw_only=True)
class WebhookAgent:
    """Posts each turn to `url`, and reads the answer in the response. No redirect is followed.

    `names` are the agents that the address answers for, as the configuration names them: it is not asked.
    `headers` go with each request; they may be secrets, as the `secrets` that sign. `timeout_seconds` limits a call.
    `trace_headers` tell the address which step of ours calls it.
    """

    client: httpx.AsyncClient
    clock: Clock
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    names: Sequence[str] = ()
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    timeout_seconds: float = 25.0
    trace_headers: Callable[[], Sequence[tuple[bytes, bytes]]] = tuple
    _places: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_LARGE_REPLIES), init=False, eq=False)

    @property
    def supports_images(self) -> bool:
        """Images come among the files."""
        return False

    @property
    def supports_files(self) -> bool:
        return True

    async def run(
        self,
        *,
        agent: str,
        query: str,
        session_id: str,
        context: Mapping[str, object],
        images: Sequence[FetchedMedia] = (),  # noqa: ARG002 - they are among the files
        files: Sequence[AgentFile] = (),
        provider: ProviderKey | None = None,  # noqa: ARG002 - the agent's model is its own business
    ) -> AgentAnswer:
        turn_id = str(context.get("turn_id", ""))
        turn = {"agent": agent, "turn_id": turn_id, "session_id": session_id, "text": query, "context": dict(context)}
        body = await off_loop(partial(_body, turn, files), long=any(file.content for file in files))
        with contextlib.ExitStack() as place:
            status, media_type, reply = await self._request("POST", body, message_id=turn_id, place=place)
            if status == HTTPStatus.ACCEPTED:
                return AgentAnswer(text="", comes_later=True)
            if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                raise _failure(status)
            said = await off_loop(partial(_read, media_type, reply), long=len(reply) > LARGE_REPLY_BYTES)
            if not (said.blocked or said.answer.strip() or said.data):
                raise AgentFailedError(AgentFailure.EMPTY_ANSWER, f"HTTP {status} without an answer")
            return AgentAnswer(text=said.answer, blocked=said.blocked, data=said.data, release=place.pop_all().close)

    async def forget(self, *, agent: str, session_id: str) -> None:
        """A DELETE of the address. One that is not supported has nothing to clear."""
        body = _utf8(json.dumps({"agent": agent, "session_id": session_id}, ensure_ascii=False))
        message_id = f"forget-{hashlib.blake2b(body, digest_size=12).hexdigest()}"
        with contextlib.ExitStack() as place:
            status, _, _ = await self._request("DELETE", body, message_id=message_id, place=place)
        if status not in NOTHING_TO_FORGET and not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise _failure(status)

    async def agents(self) -> tuple[str, ...]:
        """`names`, if something answers at the address. It need not know what to do with a GET."""
        with contextlib.ExitStack() as place:
            status, _, _ = await self._request("GET", b"", message_id=PROBE, place=place)
        is_broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
        if status in REFUSED or is_broken or _redirects(status):
            raise _failure(status)
        return tuple(self.names)

    async def _request(
        self, method: Literal["GET", "POST", "DELETE"], body: bytes, *, message_id: str, place: contextlib.ExitStack
    ) -> tuple[int, str, bytes]:
        """Status, type and body of the response. Closing `place` frees the place of a large one."""
        request = self.client.build_request(
            method,
            self.url,
            content=body or None,
            headers={
                **self.headers,
                "Content-Type": "application/json",
                "Accept": "application/json, text/plain",
                "Accept-Encoding": "identity",  # so that the bytes that arrive are the bytes that count
                "Idempotency-Key": message_id,
                **{name.decode(): value.decode() for name, value in self.trace_headers()},
                **signed_headers(message_id=message_id, at=self.clock.now(), body=body, secrets=self.secrets),
            },
        )
        request.extensions["timeout"] = TIMEOUT
        try:
            async with asyncio.timeout(self.timeout_seconds) as deadline:
                response = await self.client.send(request, stream=True, follow_redirects=False)
                async with contextlib.aclosing(response):
                    content = await self._content(response, deadline, place)
        except TimeoutError as error:
            raise AgentFailedError(AgentFailure.TIMEOUT, f"no answer within {self.timeout_seconds:g} s") from error
        except httpx.HTTPError as error:
            raise _of_connection(error) from error
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return response.status_code, media_type, content

    async def _content(self, response: httpx.Response, deadline: asyncio.Timeout, place: contextlib.ExitStack) -> bytes:
        content = bytearray()
        held = False
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > MAX_REPLY_BYTES:
                detail = f"HTTP {response.status_code} with a body of more than {MAX_REPLY_BYTES} bytes"
                raise AgentFailedError(AgentFailure.CRASHED, detail)
            if len(content) > LARGE_REPLY_BYTES and not held:
                await self._take_place(deadline)
                place.callback(self._places.release)
                held = True
        return bytes(content)

    async def _take_place(self, deadline: asyncio.Timeout) -> None:
        """Wait for a place for a large answer. The deadline of the agent stands still meanwhile."""
        loop = asyncio.get_running_loop()
        left = (deadline.when() or 0.0) - loop.time()
        deadline.reschedule(None)
        await self._places.acquire()
        deadline.reschedule(loop.time() + left)


def _body(turn: Mapping[str, object], files: Sequence[AgentFile]) -> bytes:
    """The turn in JSON. Halves of emoji, which people send, become question marks: few programs read them."""
    posted = [
        PostedFile(
            message_id=_utf8(file.message_id).decode(),
            kind=file.kind.value,
            mime_type=_utf8(file.mime_type).decode(),
            name=_utf8(file.name).decode(),
            size=None if file.content is None else len(file.content),
            content=file.content,
            unavailable=file.unavailable or None,
        )
        for file in files
    ]
    return b"".join(
        (_utf8(json.dumps(turn, ensure_ascii=False))[:-1], b', "files": ', msgspec.json.encode(posted), b"}")
    )


def _utf8(text: str) -> bytes:
    return text.encode(errors="replace")


def _read(media_type: str, body: bytes) -> JsonAnswer:
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


def _failure(status: int) -> AgentFailedError:
    """What a status means that is no success. The body may quote the person, so it is not shown."""
    if _redirects(status):
        return AgentFailedError(AgentFailure.REJECTED, f"HTTP {status}; redirects are not followed")
    other = AgentFailure.CRASHED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else AgentFailure.REJECTED
    return AgentFailedError(FAILURE_OF_STATUS.get(status, other), f"HTTP {status}")


def _redirects(status: int) -> bool:
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST


def _of_connection(error: httpx.HTTPError) -> AgentFailedError:
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
