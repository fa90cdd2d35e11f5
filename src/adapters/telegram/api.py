"""Calls Telegram's Bot API for one bot, and says what its refusals mean.

Source: Telegram, "Bot API" 10.1 (June 2026), "Making requests" and "ResponseParameters". The descriptions of errors are
not documented: these are the ones that the Bot API server writes (tdlib/telegram-bot-api).

The token is a part of every address, so no address may be logged or shown: errors name the method instead.
"""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus

import httpx
import msgspec
from attrs import field, frozen

from adapters.channel_kit.http import (
    ApiResponse,
    failure_of_status,
    json_service,
    no_response,
    opened_for_upload,
    refused,
    response_object,
)
from adapters.channel_kit.json_fields import JsonObject, maybe_number, maybe_object, maybe_text
from adapters.http_client.service import HttpService
from application.ports.messenger import SendFailedError
from domain.policies.retry import SendFailure

FAILURE_OF_STATUS: Mapping[int, SendFailure] = {
    HTTPStatus.NOT_FOUND: SendFailure.ACCOUNT_BLOCKED,  # the token is not even one, or the address is no Bot API
    HTTPStatus.FORBIDDEN: SendFailure.PERSON_UNREACHABLE,  # they blocked the bot, left, or never wrote to it
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: SendFailure.MEDIA_REFUSED,
}
UNREADABLE_MARKUP = re.compile(r"can't parse (?:entities|caption|message)|ENTIT", re.IGNORECASE)
# Telegram tells the reasons of a 400 apart by words alone.
REASONS: Mapping[re.Pattern[str], SendFailure] = {
    UNREADABLE_MARKUP: SendFailure.PART_REFUSED,
    re.compile(r"chat not found|user not found|PEER_ID_INVALID", re.IGNORECASE): SendFailure.FINAL,
    re.compile(
        r"wrong file.?id|file identifier|HTTP URL|web ?page content|too big|file must be non-empty|unsupported file"
        r"|PHOTO_|IMAGE_|VIDEO_|AUDIO_|VOICE_|DOCUMENT_|STICKER_|FILE_|WEBPAGE_|MEDIA_|EXTERNAL_URL",
        re.IGNORECASE,
    ): SendFailure.MEDIA_REFUSED,
}


@frozen(kw_only=True)
class AttachedFile:
    """A file that is sent with a call, in the form field called `name`."""

    name: str
    filename: str
    content: bytes = field(repr=False)
    mime_type: str


@frozen(kw_only=True)
class BotApi:
    """The methods of one bot. Whoever made `client` sets its time-outs and closes it."""

    client: httpx.AsyncClient
    api_url: str
    bot_token: str = field(repr=False)

    def address(self, path: str, *, prefix: str = "") -> httpx.URL:
        """The address of a method, or with the prefix "file/" that of a file."""
        return httpx.URL(f"{self.api_url.rstrip('/')}/{prefix}bot{self.bot_token}/{path}")

    async def call(
        self, method: str, fields: JsonObject, *, file: AttachedFile | None = None, wait_seconds: float = 0.0
    ) -> object:
        """The result of a method. Telegram may take `wait_seconds` longer than for others.

        Raises:
            SendFailedError: the method has no result. The detail does not hold the token.
        """
        try:
            response = await self._response(method, fields, file, wait_seconds)
        except httpx.HTTPError as error:
            raise no_response(error) from None  # its request has the token in its address
        document = response_object(response)
        if response.is_success and document.get("ok") is True:
            return document.get("result")
        raise self._refusal(method, response, document)

    @cached_property
    def _service(self) -> HttpService:
        return json_service(self.client, str(self.address("")))

    async def _response(self, method: str, fields: JsonObject, file: AttachedFile | None, wait: float) -> ApiResponse:
        if file:  # in a form, whose fields are texts, or JSON for what is no text
            form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
            async with opened_for_upload(file.content) as content:
                files = {file.name: (file.filename, content, file.mime_type)}
                return await self.client.post(self.address(method), data=form, files=files)
        if wait:
            timeouts = self.client.timeout.as_dict() | {"read": wait + (self.client.timeout.read or 0.0)}
            return await self.client.post(self.address(method), json=fields, extensions={"timeout": timeouts})
        return await self._service.request("POST", f"/{method}", msgspec.json.encode(fields))

    def _refusal(self, method: str, response: ApiResponse, document: JsonObject) -> SendFailedError:
        parameters, code = maybe_object(document.get("parameters")), str(response.status_code)
        words = maybe_text(document.get("description")) or response.reason_phrase
        failure = failure_of_status(response.status_code, FAILURE_OF_STATUS)
        if response.status_code == HTTPStatus.BAD_REQUEST:
            failure = next((failure for reason, failure in REASONS.items() if reason.search(words)), failure)
        if "migrate_to_chat_id" in parameters:
            failure = SendFailure.FINAL
        wait = max(0.0, maybe_number(parameters.get("retry_after")) or 0.0)
        return refused(
            failure, response, about=method, words=words, secrets=[self.bot_token], code=code, retry_after_seconds=wait
        )
