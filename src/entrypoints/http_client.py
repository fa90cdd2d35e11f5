"""The HTTP client whose every failure is one of httpx'."""

from typing import Any

import httpx


class SteadyClient(httpx.AsyncClient):
    """Takes a server that hangs up the moment it was connected to for a failed connection, on every event loop.

    The driver asks the new connection for its peer. When that is gone, uvloop has no socket to ask any more and asyncio
    a closed one: an AttributeError or OSError passes by httpx' own translation. Nothing was sent by then.
    """

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return await super().send(request, **options)
        except (AttributeError, OSError) as error:
            raise httpx.ConnectError(f"hung up while connecting: {error!r}", request=request) from error
