"""Request bodies, with limits on size, time and memory."""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from entrypoints.http.server.byte_limit import ByteLimit
from entrypoints.http.server.protocol import ARRIVED

# Meta sends up to 3 MB: WhatsApp Cloud API, "Create a webhook endpoint".
MAX_BODY_BYTES = 3 * 1024 * 1024
MAX_LENGTH_DIGITS = len(str(MAX_BODY_BYTES))
BODY_SECONDS = 10.0
# Further pieces, of up to 256 kB, that all bodies together receive in one step of the event loop.
PIECES_AT_ONCE = 8


class BodyTooLargeError(Exception):
    """The body is larger than `MAX_BODY_BYTES`."""


class BodyTooSlowError(Exception):
    """The body was not complete after `BODY_SECONDS`."""


class IncompleteBodyError(Exception):
    """The connection ended before the body did. Nobody reads the answer."""


class TooManyBodiesError(Exception):
    """All bodies that are being received use up the memory they may use together."""


class BoundedBodies:
    """Middleware that limits the body of each routed request, and counts it in `memory` until the request is answered.

    Large bodies take turns, so that hundreds of them that arrive together do not keep everything else waiting.

    `ASGIMiddleware` of Litestar would ask three times a request whether it applies.
    """

    def __init__(self, memory: ByteLimit) -> None:
        self._memory = memory
        self._turns = asyncio.Semaphore(PIECES_AT_ONCE)

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            body = _BoundedBody(receive, self._memory, self._turns, arrived=bool(scope.get(ARRIVED)))
            try:
                await app(scope, body.receive, send)
            finally:
                self._memory.give(body.size)

        return bounded


class _BoundedBody:
    """Receives one body. `size` counts the bytes received so far."""

    def __init__(self, receive: Receive, memory: ByteLimit, turns: asyncio.Semaphore, *, arrived: bool) -> None:
        self._receive = receive
        self._memory = memory
        self._turns = turns
        self._arrived = arrived
        self._deadline: float | None = None
        self._complete = False
        self.size = 0

    async def receive(self) -> ReceiveMessage:
        """The next ASGI message.

        Raises:
            BodyTooLargeError, BodyTooSlowError, IncompleteBodyError, TooManyBodiesError: there is no complete body.
        """
        if self._complete:
            return await self._receive()
        # Nobody has to wait for a body that is there already.
        message = await (self._receive() if self._arrived else self._receive_in_time())
        if message["type"] != "http.request":
            raise IncompleteBodyError
        self._complete = not message.get("more_body", False)
        self._hold(len(message["body"]))
        return message

    async def _receive_in_time(self) -> ReceiveMessage:
        if self._deadline is None:
            self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(self._deadline):
                if self.size:  # the connection reads on when it is asked for more
                    async with self._turns:
                        await asyncio.sleep(0)
                return await self._receive()
        except TimeoutError as error:
            raise BodyTooSlowError from error

    def _hold(self, more: int) -> None:
        """Count bytes in `memory`. Incomplete bodies may not use its last quarter; only complete ones may.

        So callers that stop in the middle of a body cannot keep out webhooks, which mostly arrive in one piece.
        """
        if self.size + more > MAX_BODY_BYTES:
            raise BodyTooLargeError
        if not self._memory.take(more, spare=0 if self._complete else self._memory.limit // 4):
            raise TooManyBodiesError
        self.size += more


async def read_body(headers: Mapping[str, str], receive: Receive) -> bytes:
    """The bytes as they were sent: a signature covers exactly these. Names of `headers` are in lower case.

    Raises:
        BodyTooLargeError, BodyTooSlowError, IncompleteBodyError, TooManyBodiesError: there is no complete body.
    """
    length = headers.get("content-length", "").lstrip("0")
    if length.isdecimal() and (len(length) > MAX_LENGTH_DIGITS or int(length) > MAX_BODY_BYTES):
        raise BodyTooLargeError
    message: Any = await receive()
    if not message.get("more_body", False):
        return bytes(message["body"])
    pieces = [message["body"]]
    while message.get("more_body", False):
        message = await receive()
        pieces.append(message["body"])
    return b"".join(pieces)
