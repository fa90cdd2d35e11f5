"""Fetches the files of messages that have a link, as Meta does."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from simulator.graph_api.contents import MEDIA_TYPES
from simulator.state.media import MAX_BYTES, Media
from simulator.state.samples import sample_at
from simulator.webhooks.caller import CALL_ERRORS

ANSWER_WITHIN_SECONDS = 10.0


class LinkUnusableError(Exception):
    """The file at a link cannot be used. The message says why."""


def file_of(message_type: str, content: Any) -> tuple[str, Mapping[str, Any]] | None:
    """The file of a message, or of the header of a question: the type it is sent as, and its `id` or `link`.

    `content` has the shape that `read_content` has checked. None for a message without a file.
    """
    if message_type in MEDIA_TYPES:
        return message_type, content
    header = content.get("header") if message_type == "interactive" else None
    return (header["type"], header[header["type"]]) if header and header["type"] in MEDIA_TYPES else None


async def fetch(client: httpx.AsyncClient, link: str) -> Media:
    """Fetch the file at `link`, which may be one of the samples.

    Raises:
        LinkUnusableError: there is no answer, an error, or too large a file.
    """
    if (found := sample_at(link)) is not None:
        return found
    try:
        async with client.stream("GET", link, timeout=ANSWER_WITHIN_SECONDS, follow_redirects=True) as answer:
            answer.raise_for_status()
            content = bytearray()
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise LinkUnusableError(f"{link} is too large")
            mime_type = answer.headers.get("content-type", "application/octet-stream")
    except (*CALL_ERRORS, httpx.InvalidURL) as error:
        raise LinkUnusableError(f"Downloading media from weblink failed: {error!r}") from error
    return Media(content=bytes(content), mime_type=mime_type, filename=urlsplit(link).path.rpartition("/")[2])
