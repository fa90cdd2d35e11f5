"""The files Meta takes from a business.

Source: Meta, "Media" (v25.0), "Supported media types". The list is closed: any other format is refused with code 100.
"""

import mimetypes
import re
from collections.abc import Mapping

import filetype
from attrs import evolve, frozen

from application.ports.messenger import SendFailedError
from domain.messages.parts import FilePart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure

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
MAX_STILL_STICKER = 100 * KILOBYTE

# What programs call them, and what Meta calls them.
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("image/jpg", "image/pjpeg", "image/jfif", "image/x-jpeg"), "image/jpeg"),
    **dict.fromkeys(("image/x-png", "image/apng"), "image/png"),
    **dict.fromkeys(("audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg"), "audio/mpeg"),
    **dict.fromkeys(("audio/m4a", "audio/x-m4a", "audio/mp4a-latm"), "audio/mp4"),
    **dict.fromkeys(("audio/x-aac", "audio/aacp", "audio/x-hx-aac-adts"), "audio/aac"),
    **dict.fromkeys(("audio/x-amr", "audio/amr-nb"), "audio/amr"),
    **dict.fromkeys(("audio/x-ogg", "application/ogg", "audio/x-opus"), "audio/ogg"),
    **dict.fromkeys(("video/x-m4v", "video/m4v"), "video/mp4"),
    **dict.fromkeys(("video/3gp", "audio/3gpp"), "video/3gpp"),
    **dict.fromkeys(("application/x-pdf", "application/acrobat", "text/pdf"), "application/pdf"),
}
UNKNOWN = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/unknown"})
TEXT_TYPE = re.compile(r"text/.*|application/(?:json|xml|yaml|x-yaml|csv|javascript|.*\+json|.*\+xml)")


@frozen(kw_only=True)
class Upload:
    """What a file is called on its way to Meta."""

    name: str
    mime_type: str


def accepted(file: FilePart) -> FilePart:
    """The file by the type its content has, as a kind that may have it: what cannot be an image is a document.

    Of a format that Meta takes in no kind, the kind stays.
    """
    typed = evolve(file, mime_type=_known_type(file))
    kinds = (file.kind, *([MediaKind.IMAGE] if file.kind is MediaKind.STICKER else []), MediaKind.DOCUMENT)
    forms = (evolve(typed, kind=kind) for kind in kinds)
    found = next((form for form in forms if _format(form) in FORMATS[form.kind]), typed)
    if found.kind is MediaKind.DOCUMENT and not found.filename:
        known = ENDINGS.get(found.mime_type)
        ending = f".{known}" if known else mimetypes.guess_extension(found.mime_type)
        return evolve(found, filename=f"document{ending or '.bin'}")
    return found


def _known_type(file: FilePart) -> str:
    """As Meta writes it; read from the content, or else from the name, where nobody says what it is."""
    if file.mime_type not in UNKNOWN:
        return ALIASES.get(file.mime_type, file.mime_type)
    found = filetype.guess_mime(file.content) or mimetypes.guess_type(file.filename)[0]
    if found:
        return ALIASES.get(found, found)
    return "text/plain" if _is_text(file.content) else "application/octet-stream"


def _is_text(content: bytes) -> bool:
    try:
        return b"\0" not in content and bool(content.decode())
    except UnicodeDecodeError:
        return False


def as_upload(file: FilePart) -> Upload:
    """How Meta takes this file.

    Raises:
        SendFailedError: MEDIA_REFUSED, it does not.
    """
    mime_type = _format(file)
    if mime_type not in FORMATS[file.kind]:
        raise _refused(f"{file.mime_type} is no format for this kind of file: {file.kind}")
    largest = LARGEST[file.kind] if file.kind is not MediaKind.STICKER or _moves(file) else MAX_STILL_STICKER
    if len(file.content) > largest:
        raise _refused(f"{len(file.content)} bytes are too many for this kind of file: {file.kind}")
    return Upload(name=f"file.{ENDINGS[mime_type]}", mime_type=mime_type)


def _format(file: FilePart) -> str:
    """Opus has several names, of which messages know one alone; and every text is a text, whatever its name says."""
    if file.mime_type in {"audio/ogg", "audio/opus"}:
        return OPUS
    if file.kind is MediaKind.DOCUMENT and TEXT_TYPE.fullmatch(file.mime_type):
        return "text/plain"
    return file.mime_type


def _moves(sticker: FilePart) -> bool:
    """Whether a WebP is animated: the second bit of the flags in an extended header."""
    return sticker.content[12:16] == b"VP8X" and any(flags & 2 for flags in sticker.content[20:21])


def _refused(detail: str) -> SendFailedError:
    return SendFailedError(SendFailure.MEDIA_REFUSED, f"not uploaded, {detail}")
