"""Close a connection so that the client can read the last answer."""

import asyncio
from typing import Any

# Enough for a whole rejected body that the client has already begun to send.
MAX_LINGER_BYTES = 16 * 1024 * 1024
LINGER_SECONDS = 10.0
# The pause after a large piece; it has up to 256 kB. Rejected bodies of hundreds of connections would keep everything
# waiting.
LARGE_PIECE_BYTES = 32 * 1024
PAUSE_SECONDS = 0.1


class LingeringTransport:
    """A transport whose `close` does not lose the answer that was just written.

    Closing a socket with unread input resets the connection, and the client may lose an answer that it has not read
    yet (RFC 9112, section 9.6). So while `unread` says that more input is coming, `close` only ends our side. Further
    input goes to `discard` until the client closes, or time or bytes run out. Everything else is passed through.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._left = MAX_LINGER_BYTES
        self._deadline: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None
        self.unread = False
        self.lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether nothing more is to be written."""
        return self.lingers or self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send `data`, unless our side has already ended."""
        if not self.lingers:
            self._transport.write(data)

    def close(self) -> None:
        """Send what was written, then close, within `LINGER_SECONDS`."""
        if self.is_closing():
            return
        if self.unread:
            self.linger()
            return
        self._transport.close()
        if self._transport.get_write_buffer_size():  # the client may never read it
            self._abort_later()

    def linger(self) -> None:
        """End our side, and let the client read the rest."""
        self.lingers = True
        self._transport.resume_reading()
        self._transport.write_eof()
        self._abort_later()

    def lost(self) -> None:
        """The connection has ended: there is nothing left to abort or to read."""
        for timer in (self._deadline, self._pause):
            if timer is not None:
                timer.cancel()

    def discard(self, data: bytes) -> None:
        """Ignore input that arrives after our side has ended, and read on at a slow pace."""
        self._left -= len(data)
        if self._left < 0:
            self._transport.abort()
        elif len(data) >= LARGE_PIECE_BYTES:
            self._transport.pause_reading()
            self._pause = self._loop.call_later(PAUSE_SECONDS, self._transport.resume_reading)

    def _abort_later(self) -> None:
        self._deadline = self._loop.call_later(LINGER_SECONDS, self._transport.abort)
