"""Files that people sent, for tools of agents: each has an address that works for some minutes."""

import asyncio
import mimetypes
import re
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from litestar.types import ASGIApp, Receive, Scope, Send

from application.ports.media import FetchedMedia
from domain.messages.inbound import Media
from entrypoints.http.problems import answer_problem, problem_specs
from entrypoints.http.services import Services

PIECE_BYTES = 64 * 1024
# For a whole file. The server closes the connection of a response that is not complete.
SENDING_SECONDS = 120.0
BINARY = "application/octet-stream"
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
MIME_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,99}")
# What a browser may carry out, if it is shown after all.
ACTIVE = re.compile(r"text/(?!plain|csv|markdown|calendar|vcard)|.*[+/]xml|.*(?:html|script|flash)")
# It is not kept, and neither shown nor carried out where somebody opens the address in a browser.
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
)


logger = structlog.get_logger(__name__)


def answer_files(app: ASGIApp) -> ASGIApp:  # noqa: ARG001  (nothing is left for the handler to do)
    """Middleware that hands out a file in front of Litestar's handler: its bytes are held until the last is sent."""
    return _answer_file


async def _answer_file(scope: Scope, receive: Receive, send: Send) -> None:
    services: Services = scope["litestar_app"].state["services"]
    try:
        if services.open_file is None:
            raise NotFoundException  # noqa: TRY301
        async with services.open_file(scope["path_params"]["token"]) as (media, file):
            try:
                async with asyncio.timeout(SENDING_SECONDS):
                    await _send(file, headers_of(media, file), send)
            except TimeoutError:
                logger.info("a file was read too slowly, and is given up", kind=media.kind.value)
    except Exception as error:  # noqa: BLE001  (every error has its answer)
        await answer_problem(error, scope, receive, send)


async def _send(file: FetchedMedia, headers: list[tuple[bytes, bytes]], send: Send) -> None:
    content = memoryview(file.content)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(content), PIECE_BYTES):
        piece = bytes(content[start : start + PIECE_BYTES])
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def headers_of(media: Media, file: FetchedMedia) -> list[tuple[bytes, bytes]]:
    """The headers of a response with this file. Example: "text/html" is handed out as bytes of no known type."""
    written = file.mime_type.partition(";")[0].strip().lower()
    is_safe = MIME_TYPE.fullmatch(written) and not ACTIVE.match(written)
    mime_type = written if is_safe else BINARY
    name = CONTROLS.sub("", media.filename) or f"{media.kind.value}{mimetypes.guess_extension(mime_type) or '.bin'}"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
    return [
        (b"content-type", mime_type.encode()),
        (b"content-length", str(len(file.content)).encode()),
        (b"content-disposition", disposition.encode()),
        *HEADERS,
    ]


@get(
    "/v1/files/{token:str}",
    tags=["agents"],
    media_type=BINARY,
    summary="Fetch a file that a person sent",
    description="A run of an agent gets these addresses in its context, under `files`. They work for some minutes, "
    "without other credentials. 403: it is no address of ours. 410: its time is over.",
    responses={
        200: ResponseSpec(bytes, description="The file", media_type=BINARY, generate_examples=False),
        **problem_specs(403, 404, 410, 503),
    },
    middleware=[answer_files],
)
async def open_file(token: FromPath[str]) -> Response[Any]:
    """Describes what `answer_files` answers. It never runs."""
    raise NotImplementedError(token)
