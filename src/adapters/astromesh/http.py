"""Astromesh as a server, over HTTP."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Literal
from urllib.parse import quote

import httpx
import msgspec
from attrs import evolve, field, frozen

from adapters.astromesh import failures
from application.in_thread import in_thread
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure

TIMEOUT = httpx.Timeout(None, connect=5.0).as_dict()  # beside the time that the whole call may take
# An escaped surrogate without its other half. The first alternatives are to be kept: a backslash, and a whole emoji. It
# begins with one character, which is found ten times as fast as one of several.
LONE_SURROGATE = re.compile(
    rb"\\(?:\\|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)
# Enough for a file of 16 MB in base64, with text. The whole response is in memory.
MAX_REPLY_BYTES = 24 * 1024 * 1024
# While an answer is read, it is in memory several times. So only a few large answers are read at the same time. When
# an emoji is in it, each of its characters takes four bytes.
LARGE_REPLY_BYTES = 64 * 1024
MAX_LARGE_REPLIES = 3
# Of these, one at a time is read.
HUGE_REPLY_BYTES = 4 * 1024 * 1024
# What a person wrote may confirm an action; what another agent wrote may not.
FROM_A_PERSON = "humano"
# To parse an address takes as long as to send a request.
_parsed = lru_cache(maxsize=256)(httpx.URL)


type Header = tuple[bytes, bytes]
type Method = Literal["GET", "POST", "DELETE"]


class RunReply(msgspec.Struct):
    """The fields that we use of the response to `POST /v1/agents/{name}/run`."""

    answer: str
    blocked: bool = False
    data: object = None
    propuestas: object = None
    usage: object = None


class ListedAgent(msgspec.Struct):
    name: str
    status: str


class AgentList(msgspec.Struct):
    """The response to `GET /v1/agents`. Only agents with the status `deployed` can run."""

    agents: list[ListedAgent]


@frozen(kw_only=True)
class AstromeshHttpAgent:
    """Runs agents over Astromesh's REST interface (0.74), at `url`, such as `http://localhost:8000`.

    The caller closes the client. Its pool needs a connection for each concurrent run, and must drop idle
    connections before the server does (uvicorn: after 5 seconds). `timeout_seconds` limits a whole call.
    `headers` go with each request, for a proxy before the server: they may hold secrets. `trace_headers` gives those of
    a run, which tell the server which step of ours calls it.
    """

    client: httpx.AsyncClient
    url: str
    timeout_seconds: float = 25.0
    headers: Sequence[Header] = field(default=(), repr=False)
    trace_headers: Callable[[], Sequence[Header]] = tuple
    _places: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_LARGE_REPLIES), init=False, eq=False)
    _reading_place: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(1), init=False, eq=False)

    @property
    def supports_images(self) -> bool:
        """The REST interface takes text only."""
        return False

    @property
    def supports_files(self) -> bool:
        return False

    async def run(self, run: AgentRun) -> AgentAnswer:
        """The REST interface takes neither images nor files."""
        asked = {
            "query": run.query,
            "session_id": run.session_id,
            "context": dict(run.context),
            "origen": FROM_A_PERSON,
        }
        # ASCII escapes, so that a lone surrogate in a person's text does not fail in the encoder.
        request = json.dumps(asked).encode()
        with contextlib.ExitStack() as place, contextlib.ExitStack() as reading:
            path = f"/v1/agents/{quote(run.agent, safe='')}/run"
            headers = [*_headers_of_run(run), *self.trace_headers()]
            reply = await self._request("POST", path, request, headers, place=place, reading=reading)
            found = await in_thread(partial(_decode, reply, RunReply), when=len(reply) > LARGE_REPLY_BYTES)
            answer = failures.answer(
                text=found.answer,
                blocked=found.blocked,
                data=found.data,
                proposals=found.propuestas,
                usage=found.usage,
            )
            return evolve(answer, text_read=reading.pop_all().close, release=place.pop_all().close)

    async def forget(self, *, agent: str, session_id: str) -> None:
        path = f"/v1/memory/{quote(agent, safe='')}/history/{quote(session_id, safe='')}"
        with contextlib.ExitStack() as place:
            await self._request("DELETE", path, place=place, reading=place)

    async def agents(self) -> tuple[str, ...]:
        with contextlib.ExitStack() as place:
            listed = _decode(await self._request("GET", "/v1/agents", place=place, reading=place), AgentList)
        return tuple(agent.name for agent in listed.agents if agent.status == "deployed")

    async def _request(
        self,
        method: Method,
        path: str,
        content: bytes = b"",
        headers: Sequence[Header] = (),
        *,
        place: contextlib.ExitStack,
        reading: contextlib.ExitStack,
    ) -> bytes:
        """The body of the reply. Closing `place` frees the place of a large reply, and `reading` that of a huge one."""
        try:
            async with asyncio.timeout(self.timeout_seconds) as deadline:
                response = await self.client.send(self._http_request(method, path, content, headers), stream=True)
                async with contextlib.aclosing(response):
                    body = await self._body(response, deadline, place, reading)
        except TimeoutError as error:
            raise failures.of_deadline(self.timeout_seconds) from error
        except httpx.HTTPError as error:
            raise failures.of_connection(error) from error
        if response.status_code != failures.OK:
            raise failures.of_response(status=response.status_code, body=body)
        return body

    def _http_request(self, method: str, path: str, content: bytes, headers: Sequence[Header]) -> httpx.Request:
        """`client.build_request` would take three times as long: it merges what the client has into everything."""
        own = [(b"Content-Type", b"application/json"), *self.headers, *headers]
        url = _parsed(self.url.rstrip("/") + path)
        request_headers = [*self.client.headers.raw, *own]
        return httpx.Request(method, url, headers=request_headers, content=content, extensions={"timeout": TIMEOUT})

    async def _body(
        self,
        response: httpx.Response,
        deadline: asyncio.Timeout,
        place: contextlib.ExitStack,
        reading: contextlib.ExitStack,
    ) -> bytes:
        body = bytearray()
        # In this order for everybody, so that nobody waits for somebody who waits.
        limits = [(LARGE_REPLY_BYTES, self._places, place), (HUGE_REPLY_BYTES, self._reading_place, reading)]
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                detail = f"HTTP {response.status_code} with a body of more than {MAX_REPLY_BYTES} bytes"
                raise AgentFailedError(AgentFailure.CRASHED, detail)
            while limits and len(body) > limits[0][0]:
                _, places, held = limits.pop(0)
                await _take_place(places, deadline)
                held.callback(places.release)
        return bytes(body)


def _headers_of_run(run: AgentRun) -> list[Header]:
    """The turn's id, by which a proxy knows a run that is tried again; and the provider's key, if there is one."""
    headers = [(b"Idempotency-Key", str(turn_id).encode())] if (turn_id := run.context.get("turn_id")) else []
    if run.provider is not None:
        headers.append((b"X-Astromesh-Provider-Name", run.provider.name.encode()))
        headers.append((b"X-Astromesh-Provider-Key", run.provider.key.encode()))
    return headers


async def _take_place(places: asyncio.Semaphore, deadline: asyncio.Timeout) -> None:
    """Wait for a free place. The deadline of the agent stands still meanwhile."""
    left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
    deadline.reschedule(None)
    await places.acquire()
    deadline.reschedule(asyncio.get_running_loop().time() + left)


def _decode[T](body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(_without_surrogates(body), type=shape)
    except (ValueError, RecursionError) as error:
        raise AgentFailedError(AgentFailure.CRASHED, f"HTTP 200 with a body that is no {shape.__name__}") from error


def _without_surrogates(body: bytes) -> bytes:
    """The JSON without lone surrogates. JSON can escape them, but msgspec rejects the whole document."""
    kept, at = bytearray(), 0
    for found in LONE_SURROGATE.finditer(body):
        if found["lone"]:
            kept += body[at : found.start()]
            at = found.end()
    return bytes(kept + body[at:]) if at else body
