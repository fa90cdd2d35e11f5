"""The files that Meta accepts from a business.

Source: Meta, "Media" (v25.0), "Supported media types". Meta refuses any other format with code 100.
"""

import mimetypes
import re
from collections.abc import Mapping

from attrs import evolve, frozen

from adapters.channel_kit.file_types import mime_type_of
from application.ports.messenger import SendFailedError
from domain.messages.outbound import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
OPUS = "audio/ogg; codecs=opus"

# Each format with the ending of a file name: Meta reads the format from it.
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
MAX_BYTES: Mapping[MediaKind, int] = {
    MediaKind.IMAGE: 5 * MEGABYTE,
    MediaKind.STICKER: 500 * KILOBYTE,
    MediaKind.VIDEO: 16 * MEGABYTE,
    MediaKind.AUDIO: 16 * MEGABYTE,
    MediaKind.VOICE: 16 * MEGABYTE,
    MediaKind.DOCUMENT: 100 * MEGABYTE,
}
MAX_STILL_STICKER = 100 * KILOBYTE

TEXT_TYPE = re.compile(r"text/.*|application/(?:json|xml|yaml|x-yaml|csv|javascript|.*\+json|.*\+xml)")


@frozen(kw_only=True)
class Upload:
    """The name and the type of a file in an upload request."""

    name: str
    mime_type: str


def accepted(file: FilePart) -> FilePart:
    """The file with the type of its content, and as a kind that Meta accepts with this type.

    A file that cannot be an image is a document. A file that Meta accepts as no kind keeps its kind.
    """
    typed = evolve(file, mime_type=mime_type_of(file))
    kinds = (file.kind, *([MediaKind.IMAGE] if file.kind is MediaKind.STICKER else []), MediaKind.DOCUMENT)
    candidates = (evolve(typed, kind=kind) for kind in kinds)
    result = next((candidate for candidate in candidates if _format(candidate) in FORMATS[candidate.kind]), typed)
    if result.kind is MediaKind.DOCUMENT and not result.filename:
        known = ENDINGS.get(result.mime_type)
        ending = f".{known}" if known else mimetypes.guess_extension(result.mime_type)
        return evolve(result, filename=f"document{ending or '.bin'}")
    return result


def as_upload(file: FilePart) -> Upload:
    """The name and type under which Meta accepts this file.

    Raises:
        SendFailedError: MEDIA_REFUSED, Meta does not accept it.
    """
    mime_type = _format(file)
    if mime_type not in FORMATS[file.kind]:
        raise _refused(f"{file.mime_type} is no format for this kind of file: {file.kind}")
    limit = MAX_BYTES[file.kind] if file.kind is not MediaKind.STICKER or _is_animated(file) else MAX_STILL_STICKER
    if len(file.content) > limit:
        raise _refused(f"{len(file.content)} bytes are too many for this kind of file: {file.kind}")
    return Upload(name=f"file.{ENDINGS[mime_type]}", mime_type=mime_type)


def _format(file: FilePart) -> str:
    """The format of the file. Opus has several names, and messages know only one. A text document is plain text."""
    if file.mime_type in {"audio/ogg", "audio/opus"}:
        return OPUS
    if file.kind is MediaKind.DOCUMENT and TEXT_TYPE.fullmatch(file.mime_type):
        return "text/plain"
    return file.mime_type


def _is_animated(sticker: FilePart) -> bool:
    """Whether the sticker moves: the second bit of the flags in the extended header of a WebP file."""
    return sticker.content[12:16] == b"VP8X" and any(flags & 2 for flags in sticker.content[20:21])


def _refused(detail: str) -> SendFailedError:
    return SendFailedError(SendFailure.MEDIA_REFUSED, f"not uploaded, {detail}")
