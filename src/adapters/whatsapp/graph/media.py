"""Fetches files people sent from the Graph API, and takes there what agents send.

Source: Meta, "Media" (v25.0): an id leads to an address that works for five minutes, for whoever shows the token. The
id of an upload works for 30 days.
"""

import asyncio
import base64
import hashlib
import io
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import httpx
import stamina
from attrs import frozen

from adapters.whatsapp.graph.client import GraphClient
from adapters.whatsapp.graph.errors import document_of, names_nothing, refused, token_is_dead
from adapters.whatsapp.graph.media_formats import Upload, accepted, as_upload
from adapters.whatsapp.webhook.fields import maybe_count
from application.ports.media import FetchedMedia, MediaTroubleError, MediaUnavailableError, NumberStoppedError
from application.ports.messenger import SendFailedError
from domain.messages.inbound import Media
from domain.messages.parts import FilePart
from domain.policies.retry import SendFailure

MEDIA_HOSTS = ("lookaside.fbsbx.com",)
MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
HEX_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
BASE64_DIGEST = re.compile(r"[A-Za-z0-9+/]{43}=?")
DOWNLOAD_SECONDS = 60.0
UPLOAD_SECONDS = 60.0
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED})
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
RETRYING = stamina.AsyncRetryingCaller(attempts=3, timeout=2 * DOWNLOAD_SECONDS, wait_initial=0.3, wait_jitter=0.3)
PASSING = frozenset({SendFailure.THROTTLED, SendFailure.UNREACHABLE, SendFailure.UNKNOWN})
NO_SUCH_FILE = frozenset({SendFailure.PART_REFUSED, SendFailure.FINAL})


class _GoneError(Exception):
    """Nothing is at this address, or no longer."""


@frozen(kw_only=True)
class GraphMedia(GraphClient):
    """The token goes to the Graph API itself and to `media_hosts`, and nowhere else."""

    media_hosts: tuple[str, ...] = MEDIA_HOSTS

    async def fetch(self, *, media: Media, largest: int) -> FetchedMedia:
        if not MEDIA_ID.fullmatch(media.id):
            raise MediaUnavailableError("its id is none of the channel's")

        async def attempt() -> FetchedMedia:
            return await self._fetch(media, largest)

        return await _retried(MediaTroubleError, attempt)

    def accepted(self, *, file: FilePart) -> FilePart:
        return accepted(file)

    async def upload(self, *, file: FilePart) -> str:
        upload = as_upload(file)

        async def attempt() -> str:
            return await self._upload(upload, file.content)

        return await _retried(_may_pass, attempt)

    async def _upload(self, upload: Upload, content: bytes) -> str:
        """Read as a file it goes out in pieces, each in its own time.

        Closed it gives up its bytes; the request itself may live until the next garbage collection.
        """
        form = {"messaging_product": "whatsapp", "type": upload.mime_type}
        try:
            with io.BytesIO(content) as file:
                files = {"file": (upload.name, file, upload.mime_type)}
                async with asyncio.timeout(UPLOAD_SECONDS):
                    response = await self.call("POST", f"{self.phone_number_id}/media", data=form, files=files)
        except TimeoutError:
            raise SendFailedError(SendFailure.UNKNOWN, "the upload takes too long") from None
        document = document_of(response)
        if not response.is_success or "error" in document:
            raise refused(response, secrets=(self.access_token,))
        media_id = document.get("id")
        if not isinstance(media_id, str) or not MEDIA_ID.fullmatch(media_id):
            raise SendFailedError(SendFailure.UNKNOWN, "uploaded, but the response names no file")
        return media_id

    async def _fetch(self, media: Media, largest: int) -> FetchedMedia:
        try:
            return await self._found(media, largest)
        except _GoneError:  # the address was too old, so a new one may do
            pass
        try:
            return await self._found(media, largest)
        except _GoneError:
            raise MediaUnavailableError("it is gone") from None

    async def _found(self, media: Media, largest: int) -> FetchedMedia:
        described = await self._described(media)
        if (maybe_count(described.get("file_size")) or 0) > largest:
            raise _too_large(largest)
        content = await self._downloaded(self._trusted(str(described["url"])), largest)
        digests = {_digest(media.digest), _digest(described.get("sha256"))} - {None}
        if digests - {hashlib.sha256(content).digest()}:
            raise MediaUnavailableError("its content is not what the channel said it would be")
        named = described.get("mime_type")
        return FetchedMedia(content=content, mime_type=named if isinstance(named, str) and named else media.mime_type)

    async def _described(self, media: Media) -> Mapping[str, object]:
        try:
            response = await self.call("GET", media.id, params={"phone_number_id": self.phone_number_id})
        except SendFailedError as error:
            raise MediaTroubleError(f"nobody says where it is: {error.detail}") from error
        described = document_of(response)
        if response.is_success and isinstance(described.get("url"), str):
            return described
        refusal = refused(response, secrets=(self.access_token,))
        if token_is_dead(response):
            # Other codes that stop a number may be about this file alone, and would stop it again and again.
            raise NumberStoppedError(refusal.detail)
        if refusal.failure in NO_SUCH_FILE or names_nothing(response):
            raise MediaUnavailableError(f"the channel does not give it out: {refusal.detail}")
        raise MediaTroubleError(f"the channel does not say where it is: {refusal.detail}")

    def _trusted(self, url: str) -> httpx.URL:
        """An address the token may be shown to."""
        ours = httpx.URL(self.api_url)
        try:
            found = httpx.URL(url)
        except httpx.InvalidURL:
            raise MediaUnavailableError("its address is none") from None
        if found.scheme not in {"https", ours.scheme} or found.userinfo:
            raise MediaUnavailableError("its address is not one for the token")
        if found.netloc.decode() not in {*self.media_hosts, ours.netloc.decode()}:
            raise MediaUnavailableError("its address is at a host that is not trusted")
        return found

    async def _downloaded(self, url: httpx.URL, largest: int) -> bytes:
        """Not compressed, so that what is counted is what came; from nowhere else, for the token would go there."""
        headers = {**self.authorization, b"Accept-Encoding": b"identity"}
        try:
            async with (
                asyncio.timeout(DOWNLOAD_SECONDS),
                self.client.stream("GET", url, headers=headers, follow_redirects=False) as response,
            ):
                _check(response, largest)
                return await _read(response, largest)
        except TimeoutError:
            raise MediaTroubleError("the download takes too long") from None
        except httpx.HTTPError as error:
            # Its words may hold the token.
            raise MediaTroubleError(f"the download failed: {type(error).__name__}") from None


async def _retried[T](on: type[Exception] | Callable[[Exception], bool], attempt: Callable[[], Awaitable[T]]) -> T:
    """Without arguments, which would be in the log: captions, and whole files."""
    return await RETRYING(on, attempt)


def _may_pass(error: Exception) -> bool:
    return isinstance(error, SendFailedError) and error.failure in PASSING


def _check(response: httpx.Response, largest: int) -> None:
    if response.status_code in GONE:
        raise _GoneError
    if response.is_server_error or response.status_code in LATER:
        raise MediaTroubleError(f"the download failed: HTTP {response.status_code}")
    if not response.is_success:
        raise MediaUnavailableError(f"its download is refused: HTTP {response.status_code}")
    if int(response.headers.get("content-length", 0)) > largest:
        raise _too_large(largest)


async def _read(response: httpx.Response, largest: int) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > largest:
            raise _too_large(largest)
    return bytes(content)


def _too_large(largest: int) -> MediaUnavailableError:
    return MediaUnavailableError(f"it is too large: more than {largest} bytes")


def _digest(text: object) -> bytes | None:
    """A SHA-256, which Meta writes in hexadecimal here and in base 64 there."""
    if not isinstance(text, str):
        return None
    if HEX_DIGEST.fullmatch(text):
        return bytes.fromhex(text)
    return base64.b64decode(f"{text.rstrip('=')}=") if BASE64_DIGEST.fullmatch(text) else None
