"""Files as WhatsApp can show them."""

import re
from urllib.parse import unquote

from attrs import evolve

from adapters.channel_kit.json_fields import without_surrogates
from domain.messages.outbound import MediaPart
from domain.messages.shared_values import MediaKind

MAX_FILENAME = 100  # of a name that is made from an address; the ending is kept
PATH = re.compile(r"https?://[^/?#]*([^?#]*)", re.IGNORECASE)
# Endings of files that Meta does not take as an image, although an agent may call them one.
NO_IMAGE = re.compile(
    r"\.(?:webp|gif|bmp|tiff?|svg|heic|heif|avif|ico|pdf|zip|gz|tar|rar|7z"
    r"|json|xml|csv|txt|html?|docx?|xlsx?|pptx?|mp4|mp3)\Z",
    re.IGNORECASE,
)


def as_document(part: MediaPart) -> MediaPart:
    """A file whose address ends like no image is a document. A document gets a name, or phones would show none."""
    path = PATH.match(part.link)
    name = without_surrogates(" ".join(unquote(path[1]).rpartition("/")[2].split())) if path else ""
    kind = MediaKind.DOCUMENT if part.kind is MediaKind.IMAGE and NO_IMAGE.search(name) else part.kind
    if kind is not MediaKind.DOCUMENT or part.filename or not path:
        return evolve(part, kind=kind)
    return evolve(part, kind=kind, filename=name[-MAX_FILENAME:].strip() or "document")
