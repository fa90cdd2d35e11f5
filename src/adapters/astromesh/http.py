"""Astromesh as a server of its own."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote

import httpx
import msgspec
from attrs import frozen

from adapters.astromesh import failures
from application.ports.agent import AgentAnswer, AgentFailedError
from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure

CONNECT_SECONDS = 5.0
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
# A file of 16 MB in base 64, and words beside it. The reply is in memory as a whole.
MAX_REPLY_BYTES = 24 * 1024 * 1024


class RunReply(msgspec.Struct):
    """What we need of the reply to `POST /v1/agents/{name}/run`."""

    answer: str
    blocked: bool = False
    data: object = None


class ListedAgent(msgspec.Struct):
    name: str
    status: str


class AgentList(msgspec.Struct):
    """The reply to `GET /v1/agents`; only agents with the status `deployed` can be run."""

    agents: list[ListedAgent]


@frozen(kw_only=True)
class AstromeshHttpAgent:
    """Runs agents over Astromesh's REST interface (0.74), at `url`, such as `http://localhost:8000`.

    Whoever made the client closes it. Its pool must hold a connection for each run under way, and drop idle ones
    before the server does (uvicorn: after 5 seconds). `timeout_seconds` bounds a call from end to end.
    """

    client: httpx.AsyncClient
    url: str
    timeout_seconds: float = 25.0

    @property
    def supports_images(self) -> bool:
        """The REST interface takes text alone."""
        return False

    async def run(
        self,
        *,
        agent: str,
        query: str,
        session_id: str,
        context: Mapping[str, object],
        images: Sequence[FetchedMedia] = (),  # noqa: ARG002  (none can be passed on)
    ) -> AgentAnswer:
        # ASCII escapes: a lone surrogate in what a person wrote must not fail in the encoder.
        request = json.dumps({"query": query, "session_id": session_id, "context": dict(context)}).encode()
        reply = await self._ask("POST", f"/v1/agents/{quote(agent, safe='')}/run", request)
        run = _read(reply, RunReply)
        return failures.answer(text=run.answer, blocked=run.blocked, data=run.data)

    async def agents(self) -> tuple[str, ...]:
        listed = _read(await self._ask("GET", "/v1/agents"), AgentList)
        return tuple(agent.name for agent in listed.agents if agent.status == "deployed")

    async def _ask(self, method: Literal["GET", "POST"], path: str, content: bytes = b"") -> bytes:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                request = self.client.stream(
                    method,
                    self.url.rstrip("/") + path,
                    content=content,
                    headers={"Content-Type": "application/json"},
                    timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
                )
                async with request as response:
                    body = await _body(response)
        except TimeoutError as error:
            raise failures.of_deadline(self.timeout_seconds) from error
        except httpx.HTTPError as error:
            raise failures.of_connection(error) from error
        if response.status_code != failures.OK:
            raise failures.of_response(status=response.status_code, body=body)
        return body


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            detail = f"HTTP {response.status_code} with a body of more than {MAX_REPLY_BYTES} bytes"
            raise AgentFailedError(AgentFailure.CRASHED, detail)
    return bytes(body)


def _read[T](body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(_whole(body), type=shape)
    except (ValueError, RecursionError) as error:
        raise AgentFailedError(AgentFailure.CRASHED, f"HTTP 200 with a body that is no {shape.__name__}") from error


def _whole(body: bytes) -> bytes:
    """JSON without halves of emoji, which it can spell and msgspec takes for damage; the rest of the answer stays."""
    if not ESCAPED_SURROGATE.search(body):
        return body
    return SURROGATE.sub("", json.dumps(json.loads(body), ensure_ascii=False)).encode()
