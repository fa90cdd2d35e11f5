"""uvicorn's HTTP/1.1, less the ways of holding it: a head without an end or a limit, a caller that stands still.

uvicorn waits for ever for a request to begin and to finish its headers, keeps headers of any size, and does not stop
before the last request is read and answered.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
MAX_HEAD_BYTES = 64 * 1024
# How long a caller may still send its body or read its answer once the server is to stop.
LAST_BYTES_SECONDS = 0.5


class BoundedHeadProtocol(HttpToolsProtocol):
    """Closes connections whose request line and headers take longer or more bytes than that."""

    _deadline: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        under_way = not getattr(self.cycle, "response_complete", True)  # no cycle before the first request
        if under_way:
            self._head_arrived()
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.close()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Requests that came whole are answered; one that is still coming will be delivered again."""
        super().shutdown()
        if not self.transport.is_closing():
            self.loop.call_later(LAST_BYTES_SECONDS, self._leave_the_idle)

    def _leave_the_idle(self) -> None:
        if self.cycle.more_body or self.flow.write_paused:
            self.transport.abort()

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_arrived(self) -> None:
        self._head_bytes = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
