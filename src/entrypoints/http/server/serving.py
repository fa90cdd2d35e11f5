"""Serve the web application with uvicorn. The caller handles signals and sets the grace time."""

import asyncio
import contextlib
import functools
import math
import socket
from collections.abc import Callable, Iterator

import uvicorn
from litestar.types import ASGIApp

from entrypoints.http.server.byte_limit import ByteLimit
from entrypoints.http.server.connection_limits import ConnectionLimits
from entrypoints.http.server.errors import CannotServeError
from entrypoints.http.server.protocol import MAX_ALL_HEADS_BYTES, BoundedHeadProtocol

# Load balancers close idle connections after a minute. Closing later than they do loses no request.
KEEP_ALIVE_SECONDS = 75
# Of one process. A refused channel delivers again later.
MAX_CONNECTIONS = 4096
GRACE_SECONDS = 15.0
DATE_SECONDS = 1.0

type Ready = Callable[[str, int], None]


async def run_web(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    stopping: asyncio.Event,
    listener: socket.socket | None = None,
    ready: Ready | None = None,
    grace_seconds: float = GRACE_SECONDS,
    max_connections: int = MAX_CONNECTIONS,
) -> None:
    """Serve until `stopping` is set, then finish open requests for up to `grace_seconds`.

    Port 0 takes a free port; a `listener` replaces host and port. `ready` is called with host and port as soon as
    requests are answered. Connections beyond `max_connections` are refused with 503; idle ones and streams count.

    Raises:
        CannotServeError: nothing was served.
    """
    listener = listener or listen(host, port)
    server = _Server(_config(app, grace_seconds, max_connections), ready=ready)
    serving = asyncio.create_task(_serve(server, listener))
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        server.stop()
        await serving


def _config(app: ASGIApp, grace_seconds: float, max_connections: int) -> uvicorn.Config:
    limits = ConnectionLimits(connections=max_connections, heads=ByteLimit(MAX_ALL_HEADS_BYTES))
    return uvicorn.Config(
        app,
        http=functools.partial(BoundedHeadProtocol, limits=limits),  # type: ignore[arg-type]
        ws="none",
        loop="none",
        lifespan="on",
        log_config=None,
        log_level="error",  # it would warn about each malformed request
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(grace_seconds),
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Several processes may share it.

    Raises:
        CannotServeError: the address cannot be listened on.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        both = address[0] == "::" and socket.has_dualstack_ipv6()  # all addresses of this machine, IPv4 included
        listener = socket.create_server(address[:2], family=family, backlog=2048, dualstack_ipv6=both)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]  # Python repeats the address in brackets
        raise CannotServeError(f"cannot listen on {host}:{port}: {reason}") from error
    listener.setblocking(False)
    # Accepted connections inherit this. The event loop sets it only on sockets that it creates itself.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def _serve(server: "_Server", listener: socket.socket) -> None:
    with listener:
        try:
            await server.serve(sockets=[listener])
        except SystemExit as error:  # uvicorn exits like this when the application does not start
            raise CannotServeError("the web application did not start; the log says why") from error


class _Server(uvicorn.Server):
    """Does not handle signals, calls `ready`, and sleeps while nothing happens: uvicorn looks ten times a second."""

    def __init__(self, config: uvicorn.Config, *, ready: Ready | None) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # the date of the answers
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), DATE_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._ready(host, port)
