"""An httpx client without what costs most of its time, and what we must not use."""

from typing import Any

import httpx

from adapters.http_client.transport import PooledTransport


class DirectClient(httpx.AsyncClient):
    """Hands each request to its transport, and returns the response as it is.

    Of httpx's own headers it sends the user agent alone: the others say what HTTP/1.1 assumes without them.
    It follows no redirects, keeps no cookies, calls no hooks and logs no addresses. It knows no proxies: a client for
    proxies is an ordinary one.
    """

    def __init__(self, transport: PooledTransport, *, timeout: float) -> None:
        super().__init__(transport=transport, timeout=timeout)
        for name in ("Accept", "Accept-Encoding", "Connection"):
            del self.headers[name]
        self.transport = transport

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        if request.url.userinfo:  # httpx makes authentication of it
            return await super().send(request, stream=stream, **options)
        request.extensions.setdefault("timeout", self.timeout.as_dict())
        try:
            response = await self.transport.handle_async_request(request)
        except httpx.RequestError as error:
            error.request = request
            raise
        response.request = request
        if stream:
            return response
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response
