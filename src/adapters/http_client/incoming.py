"""Responses while they arrive: their heads, and the bytes of their bodies that nobody has read yet."""

import httptools
import httpx

# Of heads, frames and trailers, without a byte of the body between them. h11 has the same limit for a head.
MAX_OVERHEAD_BYTES = 100 * 1024
# When more of the body waits to be read, no more is taken from the socket.
MAX_WAITING_BYTES = 64 * 1024
# Responses with a lower status are interim ones.
FIRST_FINAL_STATUS = 200
# Readers get pieces of this size: a compressed one becomes a thousand times larger at most.
MAX_PIECE_BYTES = 64 * 1024


class IncomingResponse:
    """The latest response of a connection. `expect` begins the next one, and `feed` fills it.

    The methods that begin with `on_` are for httptools.
    """

    def __init__(self) -> None:
        # They hold each other until `end`.
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self.expect()
        self.is_complete = True  # nobody has asked for anything yet

    def expect(self) -> None:
        """What arrives from now on is another response."""
        self.status = 0
        self.reason = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.is_encoded = False
        self.has_head = False
        self.is_complete = False
        self.keeps_connection = False
        self._overhead = 0

    def feed(self, data: bytes) -> None:
        """Read what arrived.

        Raises:
            httpx.RemoteProtocolError: it is not HTTP/1.1, or has too much overhead.
        """
        if self._parser is None:
            return
        self._overhead += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.keeps_connection = False
            if not self.is_complete:  # else it is no part of this response
                raise httpx.RemoteProtocolError(f"no HTTP/1.1 response: {type(error).__name__}") from error
        if self._overhead > MAX_OVERHEAD_BYTES and not self.is_complete:
            raise httpx.RemoteProtocolError(f"more than {MAX_OVERHEAD_BYTES} bytes without a body")

    def end(self, *, in_order: bool) -> None:
        """Nothing more arrives. In order, that is the end of a body without a length (RFC 9112, section 6.3)."""
        framing = {name.lower(): value.lower() for name, value in self.headers}
        has_length = b"content-length" in framing or framing.get(b"transfer-encoding", b"").endswith(b"chunked")
        if in_order and self.has_head and not has_length:
            self.is_complete = True
        self._parser = None

    @property
    def is_full(self) -> bool:
        """Whether as much of the body waits to be read as may wait, and there is more to come."""
        return not self.is_complete and len(self.body) >= MAX_WAITING_BYTES

    def take(self) -> bytes:
        """The next piece of the body."""
        piece = bytes(self.body[:MAX_PIECE_BYTES])
        del self.body[:MAX_PIECE_BYTES]
        return piece

    def on_message_begin(self) -> None:
        if self.is_complete:  # the bytes of another response, for which nobody asked
            self.keeps_connection = False

    def on_status(self, reason: bytes) -> None:
        if not self.has_head:
            self.reason += reason  # it may come in pieces

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:  # else it is a trailer
            self.headers.append((name, value))
            if name.lower() == b"content-encoding":
                self.is_encoded = True  # the body is not what the server means, but has to be unpacked

    def on_headers_complete(self) -> None:
        if self.has_head or self._parser is None:
            return
        self.status = self._parser.get_status_code()
        if self.status < FIRST_FINAL_STATUS:  # an interim response: the one that counts follows
            self.reason = b""
            self.headers.clear()
            return
        self.has_head = True
        self.keeps_connection = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        if not self.is_complete:
            self._overhead = 0
            self.body += body

    def on_message_complete(self) -> None:
        self.is_complete = self.has_head
