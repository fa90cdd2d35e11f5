"""Astromesh as a server, over HTTP."""

import asyncio
import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal
from urllib.parse import quote

import httpx
import msgspec
from attrs import evolve, field, frozen

from adapters.astromesh import failures
from application.off_loop import off_loop
from application.ports.agent import AgentAnswer, AgentFailedError
from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure

CONNECT_SECONDS = 5.0
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# Enough for a file of 16 MB in base64, with text. The whole response is in memory.
MAX_REPLY_BYTES = 24 * 1024 * 1024
# While an answer is read, it is in memory several times. So only a few large answers are read at the same time.
LARGE_REPLY_BYTES = 64 * 1024
MAX_LARGE_REPLIES = 3


class RunReply(msgspec.Struct):
    """The fields that we use of the response to `POST /v1/agents/{name}/run`."""

    answer: str
    blocked: bool = False
    data: object = None


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
    """

    client: httpx.AsyncClient
    url: str
    timeout_seconds: float = 25.0
    _places: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_LARGE_REPLIES), init=False, eq=False)

    @property
    def supports_images(self) -> bool:
        """The REST interface takes text only."""
        return False

    async def run(
        self,
        *,
        agent: str,
        query: str,
        session_id: str,
        context: Mapping[str, object],
        images: Sequence[FetchedMedia] = (),  # noqa: ARG002 - the REST interface takes none
    ) -> AgentAnswer:
        # ASCII escapes, so that a lone surrogate in a person's text does not fail in the encoder.
        request = json.dumps({"query": query, "session_id": session_id, "context": dict(context)}).encode()
        with contextlib.ExitStack() as place:
            reply = await self._request("POST", f"/v1/agents/{quote(agent, safe='')}/run", request, place=place)
            run = await off_loop(partial(_decode, reply, RunReply), long=len(reply) > LARGE_REPLY_BYTES)
            answer = failures.answer(text=run.answer, blocked=run.blocked, data=run.data)
            return evolve(answer, release=place.pop_all().close)

    async def agents(self) -> tuple[str, ...]:
        with contextlib.ExitStack() as place:
            listed = _decode(await self._request("GET", "/v1/agents", place=place), AgentList)
        return tuple(agent.name for agent in listed.agents if agent.status == "deployed")

    async def _request(
        self, method: Literal["GET", "POST"], path: str, content: bytes = b"", *, place: contextlib.ExitStack
    ) -> bytes:
        """The body of the reply. A large reply takes one of `_places`; closing `place` frees it."""
        try:
            async with asyncio.timeout(self.timeout_seconds) as deadline:
                stream = self.client.stream(
                    method,
                    self.url.rstrip("/") + path,
                    content=content,
                    headers={"Content-Type": "application/json"},
                    timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
                )
                async with stream as response:
                    body = await self._body(response, deadline, place)
        except TimeoutError as error:
            raise failures.of_deadline(self.timeout_seconds) from error
        except httpx.HTTPError as error:
            raise failures.of_connection(error) from error
        if response.status_code != failures.OK:
            raise failures.of_response(status=response.status_code, body=body)
        return body

    async def _body(self, response: httpx.Response, deadline: asyncio.Timeout, place: contextlib.ExitStack) -> bytes:
        body, waits = bytearray(), True
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                detail = f"HTTP {response.status_code} with a body of more than {MAX_REPLY_BYTES} bytes"
                raise AgentFailedError(AgentFailure.CRASHED, detail)
            if waits and len(body) > LARGE_REPLY_BYTES:
                await self._take_place(deadline)
                place.callback(self._places.release)
                waits = False
        return bytes(body)

    async def _take_place(self, deadline: asyncio.Timeout) -> None:
        """Wait for a free place. The deadline of the agent stands still meanwhile."""
        left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
        deadline.reschedule(None)
        await self._places.acquire()
        deadline.reschedule(asyncio.get_running_loop().time() + left)


def _decode[T](body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(_without_surrogates(body), type=shape)
    except (ValueError, RecursionError) as error:
        raise AgentFailedError(AgentFailure.CRASHED, f"HTTP 200 with a body that is no {shape.__name__}") from error


def _without_surrogates(body: bytes) -> bytes:
    """The JSON without lone surrogates. JSON can escape them, but msgspec rejects the whole document."""
    if not ESCAPED_SURROGATE.search(body):
        return body
    return SURROGATE.sub("", json.dumps(json.loads(body), ensure_ascii=False)).encode()
