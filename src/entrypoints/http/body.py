"""Read the raw body of a request, within bounds of size and time."""

import asyncio
from typing import Any

from litestar import Request

# Meta sends up to 3 MB: WhatsApp Cloud API, "Create a webhook endpoint".
MAX_BODY_BYTES = 3 * 1024 * 1024
BODY_SECONDS = 10.0


class BodyTooLargeError(Exception):
    """The body has more than `MAX_BODY_BYTES`; what came of it was dropped."""


class BodyTooSlowError(Exception):
    """The body was not complete after `BODY_SECONDS`."""


class ClientLeftError(Exception):
    """The connection ended before the body did; nobody hears the answer."""


async def read_body(request: Request[Any, Any, Any]) -> bytes:
    """The bytes as they were sent; a signature covers exactly these.

    Raises:
        BodyTooLargeError, BodyTooSlowError, ClientLeftError: there is no complete body.
    """
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise BodyTooLargeError
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(request)
    except TimeoutError as error:
        raise BodyTooSlowError from error


async def _read(request: Request[Any, Any, Any]) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise ClientLeftError
        chunks.append(message["body"])
        size += len(message["body"])
        if size > MAX_BODY_BYTES:
            raise BodyTooLargeError
        more = message.get("more_body", False)
    return b"".join(chunks)
