"""Files by id, in memory.

Limits: Meta, "Media" reference of the Cloud API (2026).
"""

import base64
import hashlib
import hmac
import itertools
import secrets
import time
from collections import OrderedDict

from attrs import field, frozen

MEGABYTE = 1024 * 1024
KEPT_BYTES = 256 * MEGABYTE
MAX_BYTES = 100 * MEGABYTE
MAX_STATIC_STICKER = 100 * 1024
MAX_STICKER = 500 * 1024
URL_SECONDS = 300
DOCUMENT = "document"

# The file types and the size limit of each message type.
KINDS = {
    "image": (frozenset(("image/jpeg", "image/png")), 5 * MEGABYTE),
    "sticker": (frozenset(("image/webp",)), MAX_STICKER),
    "audio": (frozenset(("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg")), 16 * MEGABYTE),
    "video": (frozenset(("video/3gpp", "video/mp4")), 16 * MEGABYTE),
}
OFFICE = "application/vnd.openxmlformats-officedocument"
# What may be uploaded. Meta accepts "audio/opus" here, and refuses it later in a message.
UPLOAD_TYPES = frozenset(
    (
        *itertools.chain.from_iterable(types for types, _ in KINDS.values()),
        "audio/opus",
        "application/pdf",
        "text/plain",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        f"{OFFICE}.wordprocessingml.document",
        f"{OFFICE}.spreadsheetml.sheet",
        f"{OFFICE}.presentationml.presentation",
    )
)


@frozen(kw_only=True)
class Media:
    """A file that Meta keeps since `at`, in unix seconds."""

    content: bytes = field(repr=False)
    mime_type: str
    filename: str = ""
    at: float = field(factory=time.time)
    id: str = field(factory=lambda: str(10**14 + secrets.randbelow(10**14)))

    @property
    def sha256(self) -> str:
        """In hexadecimal digits, as `GET /{media-id}` has it."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def sha256_base64(self) -> str:
        """In base64, as webhooks have it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()

    @property
    def kind(self) -> str:
        """The message type that suits this file."""
        plain = _plain(self.mime_type)
        return next((kind for kind, (types, _) in KINDS.items() if plain in types), DOCUMENT)

    def why_no_upload(self) -> str | None:
        """Why Meta refuses this file as an upload of a business. None when Meta accepts it."""
        if _plain(self.mime_type) in UPLOAD_TYPES:
            return self.why_not(self.kind)
        types = ", ".join(sorted(UPLOAD_TYPES))
        return f"Param file must be a file with one of the following types: {types}. Received {self.mime_type!r}."

    def why_not(self, kind: str) -> str | None:
        """Why Meta refuses this file in a message of type `kind`. None when Meta accepts it."""
        types, max_bytes = KINDS.get(kind, (None, MAX_BYTES))
        if types is not None and _plain(self.mime_type) not in types:
            return f"Unsupported {kind} mime type {self.mime_type}. Please use one of {', '.join(sorted(types))}."
        if len(self.content) > (MAX_STATIC_STICKER if kind == "sticker" and not self._animated else max_bytes):
            return f"The {kind} is too large: {len(self.content)} bytes."
        return None

    @property
    def _animated(self) -> bool:
        return b"ANIM" in self.content[:64]


class MediaShelf:
    """Keeps the newest files, up to a limit. The oldest are removed.

    An address of a file starts with `base_url` and works for `url_seconds`, by default five minutes as with Meta.
    """

    def __init__(self) -> None:
        self.base_url = ""
        self.url_seconds = float(URL_SECONDS)
        self._files: OrderedDict[str, Media] = OrderedDict()
        self._key = secrets.token_bytes()

    def put(self, media: Media) -> Media:
        self._files[media.id] = media
        while sum(len(file.content) for file in self._files.values()) > KEPT_BYTES:
            self._files.popitem(last=False)
        return media

    def get(self, media_id: str) -> Media | None:
        return self._files.get(media_id)

    def delete(self, media_id: str) -> bool:
        """Remove a file. Returns whether there was one."""
        return self._files.pop(media_id, None) is not None

    def address(self, media: Media, *, base_url: str | None = None) -> str:
        expires = int(time.time() + self.url_seconds)
        query = f"mid={media.id}&ext={expires}&hash={self._sign(media.id, expires)}"
        return f"{(base_url or self.base_url).rstrip('/')}/whatsapp_business/attachments?{query}"

    def fetch(self, media_id: str, *, expires: int, signature: str) -> Media | None:
        """The file at an address that `address` made. None when there is no such file or the address has expired."""
        genuine = hmac.compare_digest(signature.encode(), self._sign(media_id, expires).encode())
        return self.get(media_id) if genuine and expires > time.time() else None

    def _sign(self, media_id: str, expires: int) -> str:
        return hmac.new(self._key, f"{media_id}/{expires}".encode(), hashlib.sha256).hexdigest()[:32]


def _plain(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip().lower()
