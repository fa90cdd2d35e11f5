"""Astromesh as a server, over HTTP."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from urllib.parse import quote

import httpx
import msgspec
from attrs import field, frozen

from adapters.astromesh import failures
from adapters.astromesh.reply_places import LARGE_REPLY_BYTES, MAX_LARGE_REPLIES, ReplyPlaces
from adapters.http_client.service import HttpService, Method, ResponseTooLargeError
from adapters.http_client.transport import Header
from application.in_thread import in_thread
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure

TIMEOUT = httpx.Timeout(None, connect=5.0)  # beside the time that the whole call may take
# An escaped surrogate without its other half. The first alternatives are to be kept: a backslash, and a whole emoji. It
# begins with one character, which is found ten times as fast as one of several.
LONE_SURROGATE = re.compile(
    rb"\\(?:\\|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2}))"
)
# Enough for a file of 16 MB in base64, with text. The whole response is in memory.
MAX_REPLY_BYTES = 24 * 1024 * 1024
# What a person wrote may confirm an action; what another agent wrote may not.
FROM_A_PERSON = "humano"


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
    _large: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(MAX_LARGE_REPLIES), init=False, eq=False)
    _huge: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(1), init=False, eq=False)

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
        path = _path_of_run(run.agent)
        with self._places() as places:
            headers = [*_headers_of_run(run), *self.trace_headers()]
            reply = await self._request("POST", path, _encode(asked), headers, places)
            found = await in_thread(partial(_decode, reply, RunReply), when=len(reply) > LARGE_REPLY_BYTES)
            answer = failures.answer(
                text=found.answer,
                blocked=found.blocked,
                data=found.data,
                proposals=found.propuestas,
                usage=found.usage,
            )
            return places.left_to(answer)

    async def forget(self, *, agent: str, session_id: str) -> None:
        path = f"/v1/memory/{quote(agent, safe='')}/history/{quote(session_id, safe='')}"
        with self._places() as places:
            await self._request("DELETE", path, b"", [], places)

    async def agents(self) -> tuple[str, ...]:
        with self._places() as places:
            listed = _decode(await self._request("GET", "/v1/agents", b"", [], places), AgentList)
        return tuple(agent.name for agent in listed.agents if agent.status == "deployed")

    @cached_property
    def _service(self) -> HttpService:
        headers = [(b"Content-Type", b"application/json"), *self.headers]
        return HttpService(self.client, self.url, headers=headers, max_bytes=MAX_REPLY_BYTES, timeout=TIMEOUT)

    def _places(self) -> ReplyPlaces:
        return ReplyPlaces(large=self._large, huge=self._huge)

    async def _request(
        self, method: Method, path: str, content: bytes, headers: Sequence[Header], places: ReplyPlaces
    ) -> bytes:
        """The body of the reply, which takes places when it is large."""
        try:
            async with asyncio.timeout(self.timeout_seconds) as deadline:
                response = await self._service.request(
                    method, path, content, headers, admit=partial(places.take, deadline)
                )
        except TimeoutError as error:
            raise failures.of_deadline(self.timeout_seconds) from error
        except ResponseTooLargeError as error:
            raise AgentFailedError(AgentFailure.CRASHED, str(error)) from error
        except httpx.HTTPError as error:
            raise failures.of_connection(error) from error
        if response.status_code != failures.OK:
            raise failures.of_response(status=response.status_code, body=response.content)
        return response.content


@lru_cache
def _path_of_run(agent: str) -> str:
    return f"/v1/agents/{quote(agent, safe='')}/run"


def _headers_of_run(run: AgentRun) -> list[Header]:
    """The turn's id, by which a proxy knows a run that is tried again; and the provider's key, if there is one."""
    headers = [(b"Idempotency-Key", str(turn_id).encode())] if (turn_id := run.context.get("turn_id")) else []
    if run.provider is not None:
        headers.append((b"X-Astromesh-Provider-Name", run.provider.name.encode()))
        headers.append((b"X-Astromesh-Provider-Key", run.provider.key.encode()))
    return headers


def _encode(asked: Mapping[str, object]) -> bytes:
    """As JSON. Half an emoji in a person's text is escaped: it has no place in UTF-8."""
    try:
        return msgspec.json.encode(asked)
    except UnicodeEncodeError:
        return json.dumps(asked).encode()


def _decode[T](body: bytes, shape: type[T]) -> T:
    try:
        try:
            return msgspec.json.decode(body, type=shape)
        except ValueError:
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
