"""uvicorn's HTTP/1.1 with limits on what one connection may hold, and for how long.

uvicorn waits without limit for a request to begin, for its headers, and for a client that does not read its answers. It
holds headers of any size and number, and any number of requests that wait for their answers.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from entrypoints.http.server.byte_limit import MEGABYTE
from entrypoints.http.server.connection_limits import BUSY, TOO_LARGE, ConnectionLimits
from entrypoints.http.server.lingering import LingeringTransport

HEAD_SECONDS = 10.0
# A head is the request line and the headers. This limits all unanswered heads of one connection.
MAX_HEAD_BYTES = 64 * 1024
MAX_HEADERS = 128
# The same for all connections of a process.
MAX_ALL_HEADS_BYTES = 32 * MEGABYTE
# Requests on one connection that wait for the answer to an earlier one.
MAX_PIPELINED = 10
# How long a client may leave an answer unread that does not fit into the buffers.
UNREAD_SECONDS = 30.0
# How long a client may still send its body or read its answer when the server stops.
LAST_BYTES_SECONDS = 0.5
# A key of the scope: whether the whole body had arrived when the application got the request.
ARRIVED = "trunkline.body_arrived"
# A key of the message "http.response.start": the whole body, where the scope has this key too. Nothing follows then.
# Two system calls, for the head and for the body, cost more than to read a short webhook.
BODY = "trunkline.body"
# Connections beyond the limit that get an answer at the same time; more are closed without one.
MAX_REFUSED = 256


class RefusedRequestError(Exception):
    """Raised in callbacks of the parser, so that it stops reading."""


class BoundedHeadProtocol(HttpToolsProtocol):
    """Closes connections that send too much or too slowly, or do not read their answers."""

    transport: LingeringTransport  # type: ignore[assignment]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None
        self._within_head = True
        self._heads_received = 0
        # The head that is being received: bytes that the parser has reported, and raw bytes that hold only this head.
        self._parsed_bytes = 0
        self._raw_bytes = 0
        # The complete heads that wait for their answers.
        self._waiting_bytes: list[int] = []
        self._held = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(LingeringTransport(transport, self.loop))  # type: ignore[arg-type]
        over = len(self.connections) - self._limits.connections
        if over > 0:
            self._limits.warn()
            self._refuse_connection(silently=over > MAX_REFUSED)
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self.transport.lingers:
            self.transport.discard(data)
            return
        waited, before = self._within_head, self._heads_received
        super().data_received(data)
        if self.transport.is_closing():
            return
        if waited and self._heads_received == before:
            self._raw_bytes += len(data)
        self._hold_heads()
        if self._within_head and (self._parsed_bytes or self._raw_bytes):
            self._await_head()
        else:
            self._head_arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        self.resume_writing()
        self.transport.lost()
        self._limits.heads.give(self._held)
        self._held = 0
        self.pipeline.clear()
        # uvicorn informs only the last request, which may be one that still waits.
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Answer complete requests. The client must repeat an incomplete one."""
        super().shutdown()
        if self.transport.lingers:
            self.transport.abort()
        elif not self.transport.is_closing():
            self.loop.call_later(LAST_BYTES_SECONDS, self._abort_stalled)

    def on_message_begin(self) -> None:
        self._parsed_bytes = 0
        self._within_head = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._parsed_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parsed_bytes += len(name) + len(value)
        if len(self.headers) >= MAX_HEADERS or self._parsed_bytes > MAX_HEAD_BYTES:
            self._refuse_head()
            raise RefusedRequestError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MAX_PIPELINED:
            self.transport.abort()
            raise RefusedRequestError
        self._waiting_bytes.append(max(self._parsed_bytes, self._raw_bytes))
        self._parsed_bytes = self._raw_bytes = 0
        self._within_head = False
        self._heads_received += 1
        self.transport.unread = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.transport.unread = False
        self._within_head = True

    def on_response_complete(self) -> None:
        if self._waiting_bytes:
            del self._waiting_bytes[0]
        self._hold_heads()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def send_400_response(self, msg: str) -> None:
        """Called after the parser has stopped, also by a `RefusedRequestError`."""
        if self.transport.is_closing():
            self._forget_head()
        else:
            super().send_400_response(msg)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle

        def answer(scope: Any, receive: Any, send: Any) -> Awaitable[None]:
            def send_on(message: Any) -> Awaitable[None]:
                if cycle.more_body and message["type"] == "http.response.start":
                    cycle.keep_alive = False  # the rest of the body stays unread, so the connection must end
                return self._send_whole(cycle, message) if BODY in message else send(message)

            scope[ARRIVED], scope[BODY] = not cycle.more_body, True
            return app(scope, receive, send_on)

        super()._start_asgi_task(cycle, answer)

    async def _send_whole(self, cycle: RequestResponseCycle, message: Any) -> None:
        """Send head and body together, as uvicorn would send one after the other."""
        if self.flow.write_paused:
            await self.flow.drain()
        if cycle.disconnected:
            return
        headers = b"".join([b"%b: %b\r\n" % header for header in (*cycle.default_headers, *message["headers"])])
        end = b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((STATUS_LINE[message["status"]], headers, end, message[BODY])))
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def _refuse_connection(self, *, silently: bool) -> None:
        if silently:
            self.transport.abort()
            return
        self.transport.write(BUSY)
        self.transport.linger()

    def _refuse_head(self) -> None:
        """Answer that a head is too large, unless the client would take that for the answer to an earlier request."""
        if self._waiting_bytes:
            self.transport.abort()
            return
        self.transport.write(TOO_LARGE)
        self.transport.linger()

    def _forget_head(self) -> None:
        """Free the memory of a refused head. The loop calls `connection_lost` only after it has read all others."""
        self._limits.heads.give(self._held)
        self._held = 0
        self.headers = []
        self.scope = {}  # type: ignore[typeddict-item]
        self.parser = None  # type: ignore[assignment]

    def _hold_heads(self) -> None:
        """Count the heads of this connection towards the limit of the process. Refuse them if they are too much."""
        size = sum(self._waiting_bytes) + max(self._parsed_bytes, self._raw_bytes)
        more = size - self._held
        if more > 0 and size > MAX_HEAD_BYTES:
            self._refuse_head()
            self._forget_head()
            return
        if more > 0 and not self._limits.heads.take(more):
            self.transport.abort()
            self._forget_head()
            return
        if more < 0:
            self._limits.heads.give(-more)
        self._held = size

    def _abort_stalled(self) -> None:
        if self.cycle.more_body or self.flow.write_paused:
            self.transport.abort()

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
