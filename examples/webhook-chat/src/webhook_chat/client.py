"""Calls the chat."""

import json
from collections.abc import Mapping
from http import HTTPStatus

import httpx
from attrs import field, frozen

from adapters.channel_kit.http import no_response
from adapters.channel_kit.json_fields import maybe_number
from application.ports.messenger import SendFailedError
from domain.policies.retry import SendFailure
from webhook_chat.signature import HEADER, sign

ANSWER_SECONDS = 10.0
FAILURES: Mapping[int, SendFailure] = {
    HTTPStatus.UNAUTHORIZED: SendFailure.ACCOUNT_BLOCKED,
    HTTPStatus.FORBIDDEN: SendFailure.ACCOUNT_BLOCKED,
    HTTPStatus.NOT_FOUND: SendFailure.FINAL,
    HTTPStatus.UNPROCESSABLE_ENTITY: SendFailure.PART_REFUSED,
    HTTPStatus.TOO_MANY_REQUESTS: SendFailure.THROTTLED,
}


@frozen(kw_only=True)
class ChatClient:
    """Signed calls for one entry of channels.yaml. Whoever made `client` closes it."""

    client: httpx.AsyncClient
    api_url: str
    secret: str = field(repr=False)

    async def post(self, path: str, document: Mapping[str, object], *, wait_seconds: float = 0.0) -> httpx.Response:
        """The response of the chat, which took the call. The chat may take `wait_seconds` longer than usual.

        Raises:
            SendFailedError: classified by the status. What else a response says may quote a person, so it is left out.
        """
        body = json.dumps(document).encode()
        headers = {"content-type": "application/json", HEADER: sign(self.secret, body)}
        url, timeout = f"{self.api_url}/{path}", ANSWER_SECONDS + wait_seconds
        try:
            response = await self.client.post(url, content=body, headers=headers, timeout=timeout)
        except httpx.HTTPError as error:
            raise no_response(error) from error
        if response.is_success:
            return response
        other = SendFailure.UNKNOWN if response.is_server_error else SendFailure.FINAL
        raise SendFailedError(
            FAILURES.get(response.status_code, other),
            f"HTTP {response.status_code}",
            retry_after_seconds=maybe_number(response.headers.get("retry-after")) or 0.0,
        )
