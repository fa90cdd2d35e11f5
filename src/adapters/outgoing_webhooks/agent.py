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
from attrs import field, frozen

from adapters.outgoing_webhooks.agent_format import (
    failure_of_connection,
    failure_of_status,
    read_answer,
    redirects,
    turn_body,
    utf8,
)
from adapters.outgoing_webhooks.signature import signed_headers
from application.agent_markup.usage import read_usage
from application.in_thread import in_thread
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from application.ports.clock import Clock
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

    async def run(self, run: AgentRun) -> AgentAnswer:
        """The agent's model is its own business, and images are among the files."""
        turn_id = str(run.context.get("turn_id", ""))
        turn = {
            "agent": run.agent,
            "turn_id": turn_id,
            "session_id": run.session_id,
            "text": run.query,
            "context": dict(run.context),
        }
        body = await in_thread(partial(turn_body, turn, run.files), when=any(file.content for file in run.files))
        with contextlib.ExitStack() as place:
            status, media_type, reply = await self._request("POST", body, message_id=turn_id, place=place)
            if status == HTTPStatus.ACCEPTED:
                return AgentAnswer(text="", comes_later=True)
            if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                raise failure_of_status(status)
            read = await in_thread(partial(read_answer, media_type, reply), when=len(reply) > LARGE_REPLY_BYTES)
            if not (read.blocked or read.answer.strip() or read.data):
                raise AgentFailedError(AgentFailure.EMPTY_ANSWER, f"HTTP {status} without an answer")
            return AgentAnswer(
                text=read.answer,
                blocked=read.blocked,
                data=read.data,
                usage=read_usage(read.usage),
                release=place.pop_all().close,
            )

    async def forget(self, *, agent: str, session_id: str) -> None:
        """A DELETE of the address. One that is not supported has nothing to clear."""
        body = utf8(json.dumps({"agent": agent, "session_id": session_id}, ensure_ascii=False))
        message_id = f"forget-{hashlib.blake2b(body, digest_size=12).hexdigest()}"
        with contextlib.ExitStack() as place:
            status, _, _ = await self._request("DELETE", body, message_id=message_id, place=place)
        if status not in NOTHING_TO_FORGET and not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise failure_of_status(status)

    async def agents(self) -> tuple[str, ...]:
        """`names`, if something answers at the address. It need not know what to do with a GET."""
        with contextlib.ExitStack() as place:
            status, _, _ = await self._request("GET", b"", message_id=PROBE, place=place)
        is_broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
        if status in REFUSED or is_broken or redirects(status):
            raise failure_of_status(status)
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
            raise failure_of_connection(error) from error
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
