"""Calls the Graph API on behalf of one business number."""

from collections.abc import Mapping
from typing import Any

import httpx
from attrs import field, frozen

from adapters.whatsapp.graph.errors import unanswered


@frozen(kw_only=True)
class GraphClient:
    """Whoever made the client, with its time-outs, closes it."""

    client: httpx.AsyncClient
    api_url: str
    api_version: str
    phone_number_id: str
    access_token: str = field(repr=False)

    @property
    def authorization(self) -> Mapping[bytes, bytes]:
        return {b"Authorization": f"Bearer {self.access_token}".encode()}

    async def call(self, method: str, path: str, **content: Any) -> httpx.Response:
        """What the Graph API answers, be it a refusal.

        Raises:
            SendFailedError: when it does not answer.
        """
        url = f"{self.api_url.rstrip('/')}/{self.api_version}/{path}"
        try:
            return await self.client.request(method, url, headers=self.authorization, **content)
        except httpx.LocalProtocolError as error:
            raise unanswered(error) from None  # its words may hold the token
        except httpx.HTTPError as error:
            raise unanswered(error) from error
