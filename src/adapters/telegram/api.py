"""Calls Telegram's Bot API for one bot, and says what its refusals mean.

Source: Telegram, "Bot API" 10.1 (June 2026), "Making requests" and "ResponseParameters". The descriptions of errors are
not documented: these are the ones that the Bot API server writes (tdlib/telegram-bot-api).

The token is a part of every address, so no address may be logged or shown: errors name the method instead.
"""

import asyncio
import io
import json
import re
from collections.abc import Mapping
from http import HTTPStatus

import httpx
from attrs import field, frozen

from adapters.channel_kit.http import no_response, response_object
from adapters.channel_kit.json_fields import JsonObject, maybe_number, maybe_object, maybe_text
from application.ports.messenger import SendFailedError
from domain.policies.retry import SendFailure

UPLOAD_SECONDS = 60.0
MAX_DETAIL = 500
FAILURE_OF_STATUS: Mapping[int, SendFailure] = {
    HTTPStatus.TOO_MANY_REQUESTS: SendFailure.THROTTLED,
    HTTPStatus.UNAUTHORIZED: SendFailure.ACCOUNT_BLOCKED,
    HTTPStatus.NOT_FOUND: SendFailure.ACCOUNT_BLOCKED,  # the token is not even one, or the address is no Bot API
    HTTPStatus.FORBIDDEN: SendFailure.PERSON_UNREACHABLE,  # they blocked the bot, left, or never wrote to it
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: SendFailure.MEDIA_REFUSED,
    HTTPStatus.REQUEST_TIMEOUT: SendFailure.UNKNOWN,
}
UNKNOWN_CHAT = re.compile(r"chat not found|user not found|PEER_ID_INVALID", re.IGNORECASE)
UNUSABLE_FILE = re.compile(
    r"wrong file.?id|file identifier|HTTP URL|web ?page content|too big|file must be non-empty|unsupported file"
    r"|PHOTO_|IMAGE_|VIDEO_|AUDIO_|VOICE_|DOCUMENT_|STICKER_|FILE_|WEBPAGE_|MEDIA_|EXTERNAL_URL",
    re.IGNORECASE,
)
UNREADABLE_MARKUP = re.compile(r"can't parse (?:entities|caption|message)|ENTIT", re.IGNORECASE)


@frozen(kw_only=True)
class AttachedFile:
    """A file that is sent with a call, in the form field called `name`."""

    name: str
    filename: str
    content: bytes = field(repr=False)
    mime_type: str


class UnreadableMarkupError(SendFailedError):
    """Telegram cannot read the markup of a text. Nothing was sent."""


@frozen(kw_only=True)
class BotApi:
    """The methods of one bot. Whoever made `client` sets its time-outs and closes it."""

    client: httpx.AsyncClient
    api_url: str
    bot_token: str = field(repr=False)

    def address(self, path: str, *, prefix: str = "") -> httpx.URL:
        """The address of a method, or with the prefix "file/" that of a file."""
        return httpx.URL(f"{self.api_url.rstrip('/')}/{prefix}bot{self.bot_token}/{path}")

    async def call(self, method: str, fields: JsonObject, *, file: AttachedFile | None = None) -> object:
        """The result of a method.

        Raises:
            SendFailedError: the method has no result; UnreadableMarkupError when a text has tags that Telegram does
                not take. The detail does not hold the token.
        """
        response = await self._upload(method, fields, file) if file else await self._send(method, json=fields)
        document = response_object(response)
        if response.is_success and document.get("ok") is True:
            return document.get("result")
        raise self._refusal(method, response, document)

    async def _send(self, method: str, **content: object) -> httpx.Response:
        request = httpx.Request("POST", self.address(method), headers=self.client.headers.raw, **content)  # type: ignore[arg-type]
        try:
            return await self.client.send(request)
        except httpx.HTTPError as error:
            raise no_response(error) from None  # its request has the token in its address

    async def _upload(self, method: str, fields: JsonObject, file: AttachedFile) -> httpx.Response:
        """Send a form. Its fields are texts, or JSON for what is no text."""
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
        try:
            with io.BytesIO(file.content) as content:  # httpx sends an open file in pieces, but copies bytes whole
                files = {file.name: (file.filename, content, file.mime_type)}
                async with asyncio.timeout(UPLOAD_SECONDS):
                    return await self._send(method, data=form, files=files)
        except TimeoutError:
            raise SendFailedError(SendFailure.UNKNOWN, "the upload takes too long") from None

    def _refusal(self, method: str, response: httpx.Response, document: JsonObject) -> SendFailedError:
        """Example of its detail: "HTTP 400, sendMessage: Bad Request: chat not found"."""
        status = response.status_code
        words = maybe_text(document.get("description")) or response.reason_phrase
        detail = f"HTTP {status}, {method}: {words.replace(self.bot_token, '[left out]')[:MAX_DETAIL]}"
        if status == HTTPStatus.BAD_REQUEST and UNREADABLE_MARKUP.search(words):
            return UnreadableMarkupError(SendFailure.PART_REFUSED, detail)
        parameters = maybe_object(document.get("parameters"))
        wait = max(0.0, maybe_number(parameters.get("retry_after")) or 0.0)
        failure = SendFailure.FINAL if "migrate_to_chat_id" in parameters else _failure(status, words)
        return SendFailedError(failure, detail, retry_after_seconds=wait, code=str(status))


def _failure(status: int, words: str) -> SendFailure:
    """What a refusal means for the message. Telegram tells the reasons of a 400 apart by words alone."""
    if status != HTTPStatus.BAD_REQUEST:
        is_client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        return FAILURE_OF_STATUS.get(status, SendFailure.PART_REFUSED if is_client_error else SendFailure.UNKNOWN)
    if UNKNOWN_CHAT.search(words):
        return SendFailure.FINAL
    return SendFailure.MEDIA_REFUSED if UNUSABLE_FILE.search(words) else SendFailure.PART_REFUSED
