"""Calls the Graph API for one business number."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx
from attrs import field, frozen

from adapters.channel_kit.http import no_response, response_object
from adapters.whatsapp.graph_errors import refusal
from application.ports.messenger import SendFailedError

# To parse an address takes as long as to send a request.
_parsed = lru_cache(maxsize=256)(httpx.URL)


@frozen(kw_only=True)
class GraphClient:
    """Requests with the number's access token. Whoever made `client` sets its time-outs and closes it."""

    client: httpx.AsyncClient
    api_url: str
    api_version: str
    phone_number_id: str
    access_token: str = field(repr=False)

    @property
    def authorization(self) -> Mapping[bytes, bytes]:
        return {b"Authorization": f"Bearer {self.access_token}".encode()}

    async def call(self, method: str, path: str, **content: Any) -> httpx.Response:
        """The response of the Graph API, which may be a refusal.

        Raises:
            SendFailedError: there is no response.
        """
        url = _parsed(f"{self.api_url.rstrip('/')}/{self.api_version}/{path}")
        headers = [*self.client.headers.raw, *self.authorization.items()]
        try:
            # `client.request` would take three times as long: it merges what the client has into everything.
            return await self.client.send(httpx.Request(method, url, headers=headers, **content))
        except httpx.LocalProtocolError as error:
            raise no_response(error) from None  # its words may hold the token
        except httpx.HTTPError as error:
            raise no_response(error) from error

    def result(self, response: httpx.Response, *, texts: tuple[str, ...] = ()) -> Mapping[str, object]:
        """The JSON object of a response that accepts the request.

        Raises:
            SendFailedError: the response is a refusal. Its detail holds neither the token nor any of `texts`.
        """
        document = response_object(response)
        if not response.is_success or "error" in document:
            raise self.refusal(response, texts=texts)
        return document

    def refusal(self, response: httpx.Response, *, texts: tuple[str, ...] = ()) -> SendFailedError:
        """The failure that the response means, without the token and `texts` in its detail."""
        return refusal(response, secrets=(self.access_token, *texts))
