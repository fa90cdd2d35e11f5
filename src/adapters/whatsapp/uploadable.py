"""The files Meta takes from a business.

Source: Meta, "Media" (v25.0), "Supported media types". The list is closed: any other format is refused with code 100.
"""

from collections.abc import Mapping

from attrs import frozen

from application.ports.messenger import SendFailedError
from domain.contents import MediaKind
from domain.failures import SendFailure
from domain.parts import FilePart

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
OPUS = "audio/ogg; codecs=opus"

# Each with the ending of a name: by a wrong one Meta takes a file for something else.
IMAGES = {"image/jpeg": "jpg", "image/png": "png"}
STICKERS = {"image/webp": "webp"}
VIDEOS = {"video/mp4": "mp4", "video/3gpp": "3gp"}
SOUNDS = {"audio/aac": "aac", "audio/amr": "amr", "audio/mpeg": "mp3", "audio/mp4": "m4a", OPUS: "ogg"}
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCUMENTS = {
    "application/pdf": "pdf",
    "text/plain": "txt",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    f"{OFFICE}.wordprocessingml.document": "docx",
    f"{OFFICE}.spreadsheetml.sheet": "xlsx",
    f"{OFFICE}.presentationml.presentation": "pptx",
}
ENDINGS: Mapping[str, str] = {**IMAGES, **STICKERS, **VIDEOS, **SOUNDS, **DOCUMENTS}
FORMATS: Mapping[MediaKind, Mapping[str, str]] = {
    MediaKind.IMAGE: IMAGES,
    MediaKind.STICKER: STICKERS,
    MediaKind.VIDEO: VIDEOS,
    MediaKind.AUDIO: SOUNDS,
    MediaKind.VOICE: SOUNDS,
    MediaKind.DOCUMENT: ENDINGS,
}
LARGEST: Mapping[MediaKind, int] = {
    MediaKind.IMAGE: 5 * MEGABYTE,
    MediaKind.STICKER: 500 * KILOBYTE,
    MediaKind.VIDEO: 16 * MEGABYTE,
    MediaKind.AUDIO: 16 * MEGABYTE,
    MediaKind.VOICE: 16 * MEGABYTE,
    MediaKind.DOCUMENT: 100 * MEGABYTE,
}
LARGEST_STILL_STICKER = 100 * KILOBYTE


@frozen(kw_only=True)
class Upload:
    """What a file is called on its way to Meta."""

    name: str
    mime_type: str


def as_upload(file: FilePart) -> Upload:
    """How Meta takes this file.

    Raises:
        SendFailedError: MEDIA_REFUSED, it does not.
    """
    mime_type = _format(file)
    if mime_type not in FORMATS[file.kind]:
        raise _refused(f"{file.mime_type} is no format for this kind of file: {file.kind}")
    largest = LARGEST[file.kind] if file.kind is not MediaKind.STICKER or _moves(file) else LARGEST_STILL_STICKER
    if len(file.content) > largest:
        raise _refused(f"{len(file.content)} bytes are too many for this kind of file: {file.kind}")
    return Upload(name=f"file.{ENDINGS[mime_type]}", mime_type=mime_type)


def _format(file: FilePart) -> str:
    """Opus has several names, of which messages know one alone; and every text is a text, whatever its name says."""
    if file.mime_type in {"audio/ogg", "audio/opus"}:
        return OPUS
    if file.kind is MediaKind.DOCUMENT and file.mime_type.startswith("text/"):
        return "text/plain"
    return file.mime_type


def _moves(sticker: FilePart) -> bool:
    """Whether a WebP is animated: the second bit of the flags in an extended header."""
    return sticker.content[12:16] == b"VP8X" and any(flags & 2 for flags in sticker.content[20:21])


def _refused(detail: str) -> SendFailedError:
    return SendFailedError(SendFailure.MEDIA_REFUSED, f"not uploaded, {detail}")
