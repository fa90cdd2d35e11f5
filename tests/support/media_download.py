"""A picture at the Graph API, and how a test fetches it."""

from adapters.whatsapp.graph.media import GraphMedia
from application.ports.media import FetchedMedia
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from support.graph_server import Answer

CONTENT = b"\xff\xd8 a picture" * 1000
IMAGE = Media(kind=MediaKind.IMAGE, id="1234567890", mime_type="image/png", caption="private words")
PICTURE = Answer(CONTENT, content_type="image/jpeg")


async def fetch(media: GraphMedia, *, image: Media = IMAGE, max_bytes: int = len(CONTENT)) -> FetchedMedia:
    return await media.fetch(media=image, max_bytes=max_bytes)
