"""The HTTP client for every service that we call: for a thousand calls at once, failing only with httpx errors."""

import ssl
from typing import Any
from urllib.request import getproxies

import httpx

from adapters.http_client.client import DirectClient
from adapters.http_client.pool import ConnectionPool
from adapters.http_client.transport import PooledTransport

# Uvicorn, which serves Astromesh, closes idle connections after five seconds. Closing them earlier loses no request.
KEEP_ALIVE_SECONDS = 4.0
SEND_SECONDS = 10.0


class SteadyClient(httpx.AsyncClient):
    """Treats a server that closes a connection right after accepting it as a failed connection.

    httpcore asks the new connection for its peer address. If it is closed by then, uvloop raises an AttributeError and
    asyncio an OSError, which httpx does not translate. Nothing was sent at that point.
    """

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            return await super().send(request, **options)
        except (AttributeError, OSError) as error:
            raise httpx.ConnectError(f"closed while connecting: {error!r}", request=request) from error


def make_http_client(certificates: ssl.SSLContext | None = None, *, public_only: bool = False) -> httpx.AsyncClient:
    """A client with as many connections as open requests. Where the environment names a proxy, httpx serves it.

    `certificates`: whom it trusts, and how it identifies itself; by default what public servers need. `public_only`: it
    connects to no private address; where there is a proxy, this is up to the proxy.
    """
    certificates = certificates or httpx.create_ssl_context()
    transport = PooledTransport(
        ConnectionPool(certificates=certificates, idle_seconds=KEEP_ALIVE_SECONDS, public_only=public_only)
    )
    if not getproxies().keys() & {"http", "https", "all"}:
        return DirectClient(transport, timeout=SEND_SECONDS)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=KEEP_ALIVE_SECONDS)
    # A mount and not `transport`: with that httpx ignores the proxies of the environment. Their mounts have priority.
    return SteadyClient(verify=certificates, limits=limits, mounts={"all://*": transport}, timeout=SEND_SECONDS)
