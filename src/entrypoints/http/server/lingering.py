"""Close a connection so that its peer can read the last answer."""

import asyncio
from typing import Any

# A whole refused body of a few megabytes, from a peer that sends it at once.
MAX_LINGER_BYTES = 16 * 1024 * 1024
LINGER_SECONDS = 10.0


class LingeringTransport:
    """A transport whose `close` does not lose the answer that was just written. All else is the transport's own.

    A socket that is closed before everything was read resets the connection, and the peer may lose an answer it has
    not read yet (RFC 9112, section 9.6). So while `unread` says that more is coming, `close` ends our side only. What
    still comes goes to `discard`, until the peer closes, or time or bytes run out.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._left = MAX_LINGER_BYTES
        self.unread = False
        self.lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether nothing more is to be written."""
        return self.lingers or self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send `data`, unless our side has ended."""
        if not self.lingers:
            self._transport.write(data)

    def close(self) -> None:
        """Send what was written, then end, within `LINGER_SECONDS`."""
        if self.is_closing():
            return
        if self.unread:
            self.linger()
            return
        self._transport.close()
        if self._transport.get_write_buffer_size():  # the peer may never read it
            self._loop.call_later(LINGER_SECONDS, self._transport.abort)

    def linger(self) -> None:
        """End our side, and let the peer read."""
        self.lingers = True
        self._transport.resume_reading()
        self._transport.write_eof()
        self._loop.call_later(LINGER_SECONDS, self._transport.abort)

    def discard(self, data: bytes) -> None:
        """Throw away what came after the end of our side."""
        self._left -= len(data)
        if self._left < 0:
            self._transport.abort()
