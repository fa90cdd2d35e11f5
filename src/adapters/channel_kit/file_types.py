"""The type of a file, whatever a program calls it."""

import mimetypes
from collections.abc import Mapping

import filetype

from domain.messages.outbound import FilePart

# Names that programs use, and the names that channels use.
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


def mime_type_of(file: FilePart) -> str:
    """The type of the file, as channels write it. An unknown type is read from the content, or else from the name."""
    if file.mime_type not in UNKNOWN:
        return ALIASES.get(file.mime_type, file.mime_type)
    guessed = filetype.guess_mime(file.content) or mimetypes.guess_type(file.filename)[0]
    if guessed:
        return ALIASES.get(guessed, guessed)
    return "text/plain" if _is_text(file.content) else "application/octet-stream"


def _is_text(content: bytes) -> bool:
    try:
        return b"\0" not in content and bool(content.decode())
    except UnicodeDecodeError:
        return False
