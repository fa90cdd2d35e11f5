"""Calls the Graph API for one business number."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import httpx
import msgspec
from attrs import field, frozen

from adapters.channel_kit.http import ApiResponse, json_service, no_response, response_object
from adapters.channel_kit.json_fields import JsonObject
from adapters.http_client.service import HttpService, Method
from adapters.whatsapp.graph_errors import refusal
from application.ports.messenger import SendFailedError


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

    async def call(self, method: Method, path: str, *, json: JsonObject | None = None, **form: Any) -> ApiResponse:
        """The response of the Graph API, which may be a refusal. `form` is what `httpx.Request` makes a form of.

        Raises:
            SendFailedError: there is no response.
        """
        try:
            if form:
                return await self.client.post(f"{self._url}/{path}", headers=self.authorization, **form)
            body = b"" if json is None else msgspec.json.encode(json)
            return await self._service.request(method, f"/{path}", body)
        except httpx.LocalProtocolError as error:
            raise no_response(error) from None  # its words may hold the token
        except httpx.HTTPError as error:
            raise no_response(error) from error

    def result(self, response: ApiResponse, *, texts: Callable[[], Iterable[str]] = tuple) -> Mapping[str, object]:
        """The JSON object of a response that accepts the request.

        Raises:
            SendFailedError: the response is a refusal. Its detail holds neither the token nor any of `texts`.
        """
        document = response_object(response)
        if not response.is_success or "error" in document:
            raise self.refusal(response, texts=texts())
        return document

    def refusal(self, response: ApiResponse, *, texts: Iterable[str] = ()) -> SendFailedError:
        """The failure that the response means, without the token and `texts` in its detail."""
        return refusal(response, secrets=(self.access_token, *texts))

    @property
    def _url(self) -> str:
        return f"{self.api_url.rstrip('/')}/{self.api_version}"

    @cached_property
    def _service(self) -> HttpService:
        return json_service(self.client, self._url, headers=self.authorization)
