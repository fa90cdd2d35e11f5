"""Media by id, a little of it, in memory."""

import hashlib
import secrets
import time
from collections import OrderedDict

from attrs import field, frozen

LARGEST_BYTES = 16 * 1024 * 1024
KEPT_BYTES = 64 * 1024 * 1024
URL_SECONDS = 300


@frozen(kw_only=True)
class Media:
    """A file Meta keeps."""

    content: bytes = field(repr=False)
    mime_type: str
    id: str = field(factory=lambda: str(10**14 + secrets.randbelow(10**14)))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class MediaShelf:
    """The files of late; the oldest give way. Addresses work for five minutes, as Meta's do."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, Media] = OrderedDict()

    def put(self, media: Media) -> Media:
        self._files[media.id] = media
        while sum(len(file.content) for file in self._files.values()) > KEPT_BYTES:
            self._files.popitem(last=False)
        return media

    def get(self, media_id: str) -> Media | None:
        return self._files.get(media_id)

    def address(self, media: Media, *, base_url: str) -> str:
        expires = int(time.time()) + URL_SECONDS
        return f"{base_url.rstrip('/')}/whatsapp_business/attachments?mid={media.id}&ext={expires}"

    def fetch(self, media_id: str, *, expires: int) -> Media | None:
        """The file at an address that was given out; None when it is gone or the address has expired."""
        return self.get(media_id) if expires >= time.time() else None
