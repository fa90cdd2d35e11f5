"""Downloads the files that people sent, and prepares the files that agents send.

Source: Telegram, "Bot API" 10.1 (June 2026), "getFile" and "Sending files". The address of a download works for an hour
and has the token in it.
"""

import mimetypes
import re
from collections.abc import Mapping
from functools import partial

from attrs import evolve, frozen

from adapters.channel_kit.file_types import mime_type_of
from adapters.channel_kit.http import download, retried, too_large
from adapters.channel_kit.json_fields import maybe_count, maybe_object, maybe_text
from adapters.telegram.api import BotApi
from adapters.telegram.messages import carried
from application.ports.media import AccountBlockedError, FetchedMedia, MediaTroubleError, MediaUnavailableError
from application.ports.messenger import SendFailedError
from domain.messages.inbound import Media
from domain.messages.outbound import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure

FILE_PATH = re.compile(r"(?!.*\.\.)[A-Za-z0-9_./-]{1,512}")
# What a reply may carry. Telegram takes photos of 10 MB and other files of 50 MB, but the store keeps the reply, too.
MAX_CARRIED_FILE = 10 * 1024 * 1024
MP3_AND_M4A = frozenset({"audio/mpeg", "audio/mp4"})
OPUS = frozenset({"audio/ogg", "audio/opus", "audio/ogg; codecs=opus"})
FORMATS: Mapping[MediaKind, frozenset[str]] = {
    MediaKind.IMAGE: frozenset({"image/jpeg", "image/png"}),
    MediaKind.VIDEO: frozenset({"video/mp4"}),
    MediaKind.AUDIO: MP3_AND_M4A,
    MediaKind.VOICE: OPUS | MP3_AND_M4A,
    MediaKind.STICKER: frozenset({"image/webp"}),
}
NO_SUCH_FILE = frozenset({SendFailure.MEDIA_REFUSED, SendFailure.PART_REFUSED, SendFailure.FINAL})


@frozen(kw_only=True)
class TelegramMedia:
    """Files of one bot."""

    api: BotApi

    async def fetch(self, *, media: Media, max_bytes: int) -> FetchedMedia:
        return await retried(MediaTroubleError, partial(self._fetch, media, max_bytes))

    def accepted(self, *, file: FilePart) -> FilePart:
        """A file is a document when Telegram would not show its format as its kind."""
        mime_type = mime_type_of(file)
        kinds = [file.kind, *([MediaKind.VOICE] if file.kind is MediaKind.AUDIO else [])]
        kind = next((kind for kind in kinds if mime_type in FORMATS.get(kind, ())), MediaKind.DOCUMENT)
        ending = mimetypes.guess_extension(mime_type) or ".bin"
        filename = file.filename or (f"document{ending}" if kind is MediaKind.DOCUMENT else "")
        return evolve(file, kind=kind, mime_type=mime_type, filename=filename)

    async def upload(self, *, file: FilePart) -> str:
        if len(file.content) > MAX_CARRIED_FILE:
            raise SendFailedError(SendFailure.MEDIA_REFUSED, f"not sent, {len(file.content)} bytes are too many")
        return carried(file)

    async def _fetch(self, media: Media, max_bytes: int) -> FetchedMedia:
        path = await self._path(media, max_bytes)
        url = self.api.address(path, prefix="file/")
        content = await download(self.api.client, url, max_bytes=max_bytes, digests=[media.digest])
        return FetchedMedia(content=content, mime_type=media.mime_type or mimetypes.guess_type(path)[0] or "")

    async def _path(self, media: Media, max_bytes: int) -> str:
        """Where the file lies, if it is small enough."""
        try:
            file = maybe_object(await self.api.call("getFile", {"file_id": media.id}))
        except SendFailedError as error:
            if error.failure is SendFailure.ACCOUNT_BLOCKED:
                raise AccountBlockedError(error.detail) from error
            if error.failure in NO_SUCH_FILE:
                raise MediaUnavailableError(f"the channel does not give it out: {error.detail}") from error
            raise MediaTroubleError(f"the channel does not say where it is: {error.detail}") from error
        if (maybe_count(file.get("file_size")) or 0) > max_bytes:
            raise too_large(max_bytes)
        if not FILE_PATH.fullmatch(path := maybe_text(file.get("file_path"))):
            raise MediaUnavailableError("its address is not a web address")
        return path
