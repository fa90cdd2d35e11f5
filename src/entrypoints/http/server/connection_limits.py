"""What all connections of a process share, and the answers to those that are refused."""

import time

import structlog
from attrs import define

from entrypoints.http.server.byte_limit import ByteLimit

WARNING_SECONDS = 60.0
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 2\r\n"
    b"Content-Length: 21\r\nConnection: close\r\n\r\nToo many connections.\n"
)
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 31\r\nConnection: close\r\n\r\nToo many headers, or too large.\n"
)

logger = structlog.get_logger(__name__)


@define(eq=False)
class ConnectionLimits:
    """Limits that all connections of a process share."""

    connections: int
    heads: ByteLimit
    _warned_at: float = float("-inf")

    def warn(self) -> None:
        """Log that connections are refused, at most once a minute."""
        now = time.monotonic()
        if now - self._warned_at >= WARNING_SECONDS:
            self._warned_at = now
            logger.warning("too many connections: refusing new ones with 503", limit=self.connections)
