"""Posts signed messages over HTTP."""

import asyncio
from collections.abc import Sequence

import httpx
from attrs import field, frozen

from adapters.outgoing_webhooks.signature import signed_headers
from application.ports.clock import Clock
from application.ports.webhook_sender import WebhookFailedError

MAX_ANSWER_BYTES = 64 * 1024


@frozen(kw_only=True)
class SignedWebhookSender:
    """Posts to `url`. A redirect is not followed: it would take the message to an address that nobody configured."""

    client: httpx.AsyncClient
    clock: Clock
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    timeout_seconds: float = 10.0

    async def send(self, *, message_id: str, body: bytes) -> bytes:
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",  # so that the bytes that arrive are the bytes that count
            "Idempotency-Key": message_id,
            **signed_headers(message_id=message_id, at=self.clock.now(), body=body, secrets=self.secrets),
        }
        try:
            async with asyncio.timeout(self.timeout_seconds):
                request = self.client.build_request("POST", self.url, content=body, headers=headers)
                return await self._answer(await self.client.send(request, stream=True, follow_redirects=False))
        except TimeoutError as error:
            raise WebhookFailedError(f"no answer within {self.timeout_seconds:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # its own words may hold the address
            raise WebhookFailedError(f"no answer: {type(error).__name__}") from error

    async def _answer(self, response: httpx.Response) -> bytes:
        try:
            if not response.is_success:
                raise WebhookFailedError(f"HTTP {response.status_code}")
            answer = bytearray()
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > MAX_ANSWER_BYTES:  # the message was taken all the same
                    return b""
            return bytes(answer)
        finally:
            await response.aclose()
