"""Serves a simulator on a port of this machine."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import uvicorn
from litestar.types import ASGIApp

from simulator.http.app import create_simulator_app
from simulator.simulator import Simulator

GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 75

type Guard = Callable[[ASGIApp], ASGIApp]


class _QuietServer(uvicorn.Server):
    """A server that leaves the handling of signals to its caller."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serve_simulator(
    simulator: Simulator, *, guard: Guard, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """Serve in this event loop and yield the address. Port 0 takes a free port. Closes the simulator at the end.

    The simulator asks for no password. So `guard` wraps the application: it must refuse calls from other machines and
    from pages of other sites.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.create_server((host, port))
    # Accepted connections inherit this option. An event loop sets it only on sockets that it made itself.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(
        guard(create_simulator_app(simulator)),
        log_config=None,
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _QuietServer(config)
    simulator.media.base_url = f"http://{host}:{listener.getsockname()[1]}"
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield simulator.media.base_url
    finally:
        await simulator.close()
        server.should_exit = True
        await serving
