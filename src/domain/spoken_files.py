"""Files an agent says, by where they are or whole."""

import base64
import re
from collections.abc import Callable

from domain.contents import MediaKind
from domain.parts import FilePart, MediaPart
from domain.spoken_fields import Fields, MisspokenError, optional_text, text

# Of a file that comes whole: it is in memory several times at once, in the answer and on its way to the channel.
LARGEST_FILE = 16 * 1024 * 1024
MIME_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


def linked(kind: MediaKind) -> Callable[[Fields], MediaPart]:
    def read(item: Fields) -> MediaPart:
        link = text(item, kind)
        if not link.startswith("https://"):
            raise MisspokenError(f"{kind} is not an https address")
        return MediaPart(kind=kind, link=link, caption=_caption(item), filename=optional_text(item, "filename"))

    return read


def whole_file(item: Fields) -> FilePart:
    """A file by `type` (what it is meant as), `data` (base 64) and `mime_type`."""
    kind = next((kind for kind in MediaKind if kind == item.get("type")), None)
    if kind is None:
        raise MisspokenError(f"type is none of {', '.join(MediaKind)}")
    mime_type = text(item, "mime_type").partition(";")[0].strip().lower()
    if not MIME_TYPE.fullmatch(mime_type):
        raise MisspokenError("mime_type is none, as in image/png")
    return FilePart(
        kind=kind,
        content=_content(item),
        mime_type=mime_type,
        caption=_caption(item),
        filename=optional_text(item, "filename"),
    )


def _content(item: Fields) -> bytes:
    written = "".join(text(item, "data").split())
    if len(written) > LARGEST_FILE * 4 / 3 + 4:
        raise MisspokenError(f"data is more than {LARGEST_FILE} bytes")
    try:
        return base64.b64decode(written, validate=True)
    except ValueError:
        raise MisspokenError("data is not base 64") from None


def _caption(item: Fields) -> str:
    return optional_text(item, "caption") or optional_text(item, "text")
