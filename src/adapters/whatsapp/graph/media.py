"""Downloads the files that people sent, and uploads the files that agents send.

Source: Meta, "Media" (v25.0): a media id leads to an address, which works for five minutes and only with the token. The
id of an upload works for 30 days.
"""

import contextlib
import re

import httpx
from attrs import frozen

from adapters.channel_kit.http import GoneError, download, opened_for_upload, response_object, retried, too_large
from adapters.channel_kit.json_fields import JsonObject, maybe_count, maybe_text
from adapters.whatsapp.graph.client import GraphClient
from adapters.whatsapp.graph.media_formats import Upload, accepted, as_upload
from adapters.whatsapp.graph_errors import GraphError
from application.ports.media import AccountBlockedError, FetchedMedia, MediaTroubleError, MediaUnavailableError
from application.ports.messenger import SendFailedError
from domain.messages.inbound import Media
from domain.messages.outbound import FilePart
from domain.policies.retry import SendFailure

MEDIA_HOSTS = ("lookaside.fbsbx.com",)
MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
RETRYABLE = frozenset({SendFailure.THROTTLED, SendFailure.UNREACHABLE, SendFailure.UNKNOWN})
NO_SUCH_FILE = frozenset({SendFailure.PART_REFUSED, SendFailure.FINAL})


@frozen(kw_only=True)
class GraphMedia(GraphClient):
    """Files of one business number. The token goes to the Graph API and to `media_hosts`, and nowhere else."""

    media_hosts: tuple[str, ...] = MEDIA_HOSTS

    async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
        if not MEDIA_ID.fullmatch(media.id):
            raise MediaUnavailableError("its id is not a WhatsApp media id")

        async def attempt() -> FetchedMedia:
            with contextlib.suppress(GoneError):  # the address was too old: ask for a new one
                return await self._fetch(media, max_bytes)
            return await self._fetch(media, max_bytes)

        return await retried(MediaTroubleError, attempt)

    def accepted(self, *, file: FilePart) -> FilePart:
        return accepted(file)

    async def upload(self, *, file: FilePart) -> str:
        upload = as_upload(file)

        async def attempt() -> str:
            return await self._upload(upload, file.content)

        return await retried(_is_retryable, attempt)

    async def _upload(self, upload: Upload, content: bytes) -> str:
        """The id of the upload."""
        form = {"messaging_product": "whatsapp", "type": upload.mime_type}
        async with opened_for_upload(content) as file:
            files = {"file": (upload.name, file, upload.mime_type)}
            response = await self.call("POST", f"{self.phone_number_id}/media", data=form, files=files)
        media_id = self.result(response).get("id")
        if not isinstance(media_id, str) or not MEDIA_ID.fullmatch(media_id):
            raise SendFailedError(SendFailure.UNKNOWN, "uploaded, but the response has no media id")
        return media_id

    async def _fetch(self, media: Media, max_bytes: int) -> FetchedMedia:
        description = await self._describe(media)
        if (maybe_count(description.get("file_size")) or 0) > max_bytes:
            raise too_large(max_bytes)
        url, digests = self._trusted(str(description["url"])), (media.digest, description.get("sha256"))
        content = await download(
            self.client,
            url,
            max_bytes=max_bytes,
            headers=self.authorization,
            digests=digests,
        )
        return FetchedMedia(content=content, mime_type=maybe_text(description.get("mime_type")) or media.mime_type)

    async def _describe(self, media: Media) -> JsonObject:
        """What the Graph API says of the file. It has a `url`."""
        try:
            response = await self.call("GET", f"{media.id}?phone_number_id={self.phone_number_id}")
        except SendFailedError as error:
            raise MediaTroubleError(f"its address is not known: {error.detail}") from error
        description = response_object(response)
        if response.is_success and isinstance(description.get("url"), str):
            return description
        refusal, reported = self.refusal(response), GraphError.of_response(response)
        if reported.rejects_token:
            # Other codes of this class may be about this file only. It would open the circuit breaker again and again.
            raise AccountBlockedError(refusal.detail)
        if refusal.failure in NO_SUCH_FILE or reported.names_no_object:
            raise MediaUnavailableError(f"the channel does not give it out: {refusal.detail}")
        raise MediaTroubleError(f"the channel does not say where it is: {refusal.detail}")

    def _trusted(self, url: str) -> httpx.URL:
        """The address, if we may send the token there.

        Raises:
            MediaUnavailableError: we may not.
        """
        graph_api = httpx.URL(self.api_url)
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL:
            raise MediaUnavailableError("its address is not a web address") from None
        if address.scheme not in {"https", graph_api.scheme} or address.userinfo:
            raise MediaUnavailableError("its address is not allowed to get the access token")
        if address.netloc.decode() not in {*self.media_hosts, graph_api.netloc.decode()}:
            raise MediaUnavailableError("its address is at a host that is not trusted")
        return address


def _is_retryable(error: Exception) -> bool:
    return isinstance(error, SendFailedError) and error.failure in RETRYABLE
