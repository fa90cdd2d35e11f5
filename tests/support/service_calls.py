"""Calls through an `HttpService`, made and answered as those of an httpx client."""

from typing import Any

import httpx
from attrs import frozen

from adapters.http_client.service import HttpService

MAX_BYTES = 1024 * 1024


@frozen
class ServiceCalls:
    client: httpx.AsyncClient

    async def request(
        self, method: Any, url: str, *, content: bytes = b"", headers: Any = None, timeout: httpx.Timeout | None = None
    ) -> httpx.Response:
        address = httpx.URL(url)
        service = HttpService(
            self.client,
            str(address.copy_with(raw_path=b"/")),
            headers=httpx.Headers(headers).raw,
            max_bytes=MAX_BYTES,
            timeout=timeout,
        )
        response = await service.request(method, address.raw_path.decode(), content)
        reason = {"reason_phrase": response.reason_phrase.encode()}
        return httpx.Response(response.status_code, content=response.content, extensions=reason)

    async def post(self, url: str, **options: Any) -> httpx.Response:
        return await self.request("POST", url, **options)

    async def put(self, url: str, **options: Any) -> httpx.Response:
        return await self.request("PUT", url, **options)
