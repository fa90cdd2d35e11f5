"""The files of messages: those that the bot sends, and those that it downloads.

Source: Telegram, "Bot API" 10.1, "Sending files" and "getFile".
"""

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import PurePath

import httpx

from simulator.graph_api.links import LinkUnusableError, fetch
from simulator.state.control import Control
from simulator.state.media import Media, MediaShelf
from simulator.telegram.errors import BotApiError, bad_request

MEGABYTE = 1000 * 1000
MAX_DOWNLOAD = 20 * MEGABYTE
UPLOADS = {"photo": 10 * MEGABYTE}
MAX_UPLOAD = 50 * MEGABYTE
LINKS = {"photo": 5 * MEGABYTE}
MAX_LINK = 20 * MEGABYTE
DOCUMENTS_BY_LINK = frozenset(("application/pdf", "application/zip", "image/gif"))
VOICE = frozenset(("audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4"))
# The type that a file is taken for when it is not fetched.
UNFETCHED = {"photo": "image/jpeg", "voice": "audio/ogg", "document": "application/pdf"}
# The id of a photo's smaller size ends in this. Both sizes have the same content here.
SMALL = ".small"
FOLDERS = {"image": "photos", "video": "videos", "audio": "music", "sticker": "stickers"}


class Files:
    """The files of the bot, kept on `shelf`. The control says whether files are fetched from their addresses."""

    def __init__(self, shelf: MediaShelf, *, control: Callable[[], Control]) -> None:
        self.shelf = shelf
        self._control = control
        self._client = httpx.AsyncClient(trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def sent(self, field: str, value: object) -> Media:
        """The file that the bot sends as a photo, a video, ...: its content, its address, or its id.

        Raises:
            BotApiError: Telegram does not take it.
        """
        if isinstance(value, Media):
            if not value.content:
                raise bad_request("file must be non-empty")
            if len(value.content) > UPLOADS.get(field, MAX_UPLOAD):
                raise BotApiError("Request Entity Too Large", code=413)
            return self.shelf.put(_checked(field, value))
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return self.shelf.put(_checked(field, await self._fetched(field, value)))
        media = self._named(str(value))
        if media is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return media

    def describe(self, file_id: str) -> dict[str, object]:
        """What `getFile` says.

        Raises:
            BotApiError: there is no such file, or it is too large for bots.
        """
        media = self._named(file_id)
        if media is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(media.content) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        ending = mimetypes.guess_extension(media.mime_type.partition(";")[0]) or ".bin"
        return {**file_fields(media), "file_path": f"{FOLDERS.get(media.kind, 'documents')}/{media.id}{ending}"}

    def at(self, path: str) -> Media | None:
        """The file at a path that `describe` gave out."""
        return self.shelf.get(PurePath(path).stem)

    def _named(self, file_id: str) -> Media | None:
        return self.shelf.get(file_id.removesuffix(SMALL))

    async def _fetched(self, field: str, link: str) -> Media:
        if not self._control().fetch_links:
            return Media(content=b"not fetched", mime_type=UNFETCHED.get(field, "application/octet-stream"))
        try:
            media = await fetch(self._client, link)
        except LinkUnusableError:
            raise bad_request("failed to get HTTP URL content") from None
        if len(media.content) > LINKS.get(field, MAX_LINK):
            raise bad_request("failed to get HTTP URL content")
        if field == "document" and _plain(media) not in DOCUMENTS_BY_LINK:
            raise bad_request("wrong type of the web page content")
        return media


def file_fields(media: Media) -> dict[str, object]:
    """What every kind of file has in a message."""
    return {"file_id": media.id, "file_unique_id": f"u{media.id}", "file_size": len(media.content)}


def wire_file(field: str, media: Media, emoji: str = "🙂") -> object:
    """The file as the field of a message. A photo has several sizes."""
    fields = file_fields(media)
    named = {**fields, "mime_type": media.mime_type, "file_name": media.filename or field}
    shapes: Mapping[str, object] = {
        "photo": [
            {**fields, "file_id": f"{media.id}{size}", "width": side, "height": side * 3 // 4}
            for size, side in ((SMALL, 320), ("", 1280))
        ],
        "video": {**named, "width": 640, "height": 360, "duration": 2},
        "voice": {**fields, "mime_type": media.mime_type.partition(";")[0], "duration": 2},
        "audio": {**named, "duration": 2},
        "document": named,
        "sticker": {
            **fields,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
        },
    }
    return shapes[field]


def _checked(field: str, media: Media) -> Media:
    """The file, unless Telegram would not show it as what it is sent as."""
    if field == "photo" and not media.mime_type.startswith("image/"):
        raise bad_request("IMAGE_PROCESS_FAILED")
    if field == "voice" and _plain(media) not in VOICE:
        raise bad_request("wrong type of the web page content")
    return media


def _plain(media: Media) -> str:
    return media.mime_type.partition(";")[0].strip().lower()
