"""Read files in an answer: links, or whole files."""

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote_to_bytes

from application.agent_markup.fields import Fields, InvalidMarkupError, optional_text, text
from domain.messages.outbound import FilePart, MediaPart
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import MediaKind

# In bytes, of a whole file: it is in memory several times at once, in the answer and during the upload.
MAX_FILE = 16 * 1024 * 1024
HTTPS = "https://"
WEB_ADDRESS = re.compile(r"https?://[^\s/]\S{0,2000}", re.IGNORECASE)
DATA_URI = re.compile(r"data:(?P<mime_type>[^,;]{0,100}+)(?P<parameters>(?:;[^,;]{0,100}+){0,9}+),", re.IGNORECASE)
URL_SAFE = str.maketrans("-_", "+/")
PIECE = 64 * 1024  # characters that are decoded at once, a multiple of four: each step makes a copy
MIME_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


def linked(kind: MediaKind) -> Callable[[Fields], MediaPart | FilePart]:
    """A reader for files of this kind, by their address. A data URI contains the whole file."""

    def read(item: Fields) -> MediaPart | FilePart:
        item = _flat(kind, item)
        link = text(item, kind)
        if DATA_URI.match(link):
            return whole_file({**item, "type": kind, "data": link})
        if not link.lower().startswith(HTTPS):
            raise InvalidMarkupError(f"{kind} is not an https address")
        address = HTTPS + link[len(HTTPS) :]
        return MediaPart(
            kind=kind, link=address, caption=Markdown.of(_caption(item)), filename=optional_text(item, "filename")
        )

    return read


def whole_file(item: Fields) -> FilePart:
    """A whole file: `type` is its kind, `data` is base 64 or a data URI, `mime_type` may be missing."""
    kind = next((kind for kind in MediaKind if kind == item.get("type")), None)
    if kind is None:
        raise InvalidMarkupError(f"type is not one of {', '.join(MediaKind)}")
    data = text(item, "data")
    uri = DATA_URI.match(data)
    named = optional_text(item, "mime_type") or (uri["mime_type"] if uri else "")
    mime_type = named.partition(";")[0].strip().lower()
    if mime_type and not MIME_TYPE.fullmatch(mime_type):
        raise InvalidMarkupError("mime_type is not a media type such as image/png")
    return FilePart(
        kind=kind,
        content=_content(data, uri),
        mime_type=mime_type,
        caption=Markdown.of(_caption(item)),
        filename=optional_text(item, "filename"),
    )


def file_text(kind: str, item: Fields) -> str:
    """Text that replaces a file that cannot be read: its caption, and its address if that is a web address."""
    item = _flat(kind, item) if kind in MediaKind else item
    link = optional_text(item, kind) if kind in MediaKind else ""
    return "\n".join(filter(None, (_caption(item), link if WEB_ADDRESS.fullmatch(link) else "")))


def _flat(kind: str, item: Fields) -> Fields:
    """The fields of a file that is written as the Graph API wants it.

    `{"image": {"link": "https://a.b/c", "caption": "Ours"}}` becomes `{"image": "https://a.b/c", "caption": "Ours"}`.
    """
    file = item.get(kind)
    if not isinstance(file, Mapping):
        return item
    named = {key: file[key] for key in ("caption", "filename") if key in file}
    return {**item, **named, kind: file.get("link") or file.get("url")}


def _content(data: str, uri: re.Match[str] | None) -> bytes:
    given = data[uri.end() :] if uri else data
    written = "".join(given.split())
    if len(written) > MAX_FILE * 4 / 3 + 4:
        raise InvalidMarkupError(f"data is more than {MAX_FILE} bytes")
    if not written:
        raise InvalidMarkupError("data is empty")
    if uri and "base64" not in uri["parameters"].lower():
        return unquote_to_bytes(written)
    plain = written.rstrip("=")
    try:
        return b"".join(_decoded(plain[at : at + PIECE]) for at in range(0, len(plain), PIECE))
    except ValueError:
        raise InvalidMarkupError("data is not base 64") from None


def _decoded(piece: str) -> bytes:
    """The URL-safe alphabet is accepted too, and missing padding."""
    return base64.b64decode(piece.translate(URL_SAFE) + "=" * (-len(piece) % 4), validate=True)


def _caption(item: Fields) -> str:
    return optional_text(item, "caption") or optional_text(item, "text")
