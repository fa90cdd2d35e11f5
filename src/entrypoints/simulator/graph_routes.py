"""The Graph API: messages, media and the number's own data."""

import asyncio
import re
import secrets
from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import SerializationException
from litestar.params import FromPath, FromQuery

from entrypoints.simulator.graph_errors import (
    GraphError,
    invalid_parameter,
    invalid_token,
    missing_parameter,
    unknown_object,
)
from entrypoints.simulator.graph_requests import ReadRequest, SendRequest, parse_request
from entrypoints.simulator.injection import AnyRequest, Playing
from entrypoints.simulator.media import LARGEST_BYTES, Media
from entrypoints.simulator.phones import ChatMessage
from entrypoints.simulator.simulator import Simulator

VERSION = re.compile(r"v[0-9]+\.[0-9]+")
SILENCE_SECONDS = 120.0
LARGEST_UPLOAD = LARGEST_BYTES + 64 * 1024


def graph_router() -> Router:
    handlers = [call_messages, upload_media, get_node, download_media]
    return Router(path="/", route_handlers=handlers, exception_handlers={GraphError: graph_error_response})


def graph_error_response(_: AnyRequest, error: GraphError) -> Response[dict[str, Any]]:
    return Response(error.body, status_code=error.status)


@post("/{version:str}/{phone_number_id:str}/messages", status_code=200)
async def call_messages(
    request: AnyRequest, simulator: Playing, version: FromPath[str], phone_number_id: FromPath[str]
) -> dict[str, Any]:
    """Send a message, or acknowledge one."""
    _authorize(request, simulator, version)
    _check_number(simulator, phone_number_id)
    wish = parse_request(await _json(request))
    if isinstance(wish, ReadRequest):
        simulator.acknowledge(wish)
        return {"success": True}
    simulator.refuse_if_told()
    message = simulator.accept(wish)
    if simulator.stays_silent():
        await _say_nothing(simulator)
    return _accepted(wish, message)


@post("/{version:str}/{phone_number_id:str}/media", status_code=200, request_max_body_size=LARGEST_UPLOAD)
async def upload_media(
    request: AnyRequest, simulator: Playing, version: FromPath[str], phone_number_id: FromPath[str]
) -> dict[str, str]:
    """Take a file as multipart form data and answer its id."""
    _authorize(request, simulator, version)
    _check_number(simulator, phone_number_id)
    form = await request.form()
    file = form.get("file")
    if form.get("messaging_product") != "whatsapp":
        raise missing_parameter("messaging_product")
    if not isinstance(file, UploadFile):
        raise missing_parameter("file")
    content = await file.read()
    if len(content) > LARGEST_BYTES:
        raise invalid_parameter(f"The file must have at most {LARGEST_BYTES} bytes.")
    return {"id": simulator.media.put(Media(content=content, mime_type=file.content_type)).id}


@get("/{version:str}/{node_id:str}")
async def get_node(
    request: AnyRequest, simulator: Playing, version: FromPath[str], node_id: FromPath[str]
) -> dict[str, Any]:
    """The number's data, or a file's with the address to download it from."""
    _authorize(request, simulator, version)
    business = simulator.business
    if node_id == business.phone_number_id:
        return {
            "id": business.phone_number_id,
            "display_phone_number": f"+{business.phone}",
            "verified_name": business.name,
            "quality_rating": "GREEN",
        }
    media = simulator.media.get(node_id)
    if media is None:
        raise unknown_object(node_id)
    return {
        "messaging_product": "whatsapp",
        "id": media.id,
        "url": simulator.media.address(media, base_url=str(request.base_url)),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": str(len(media.content)),
    }


@get("/whatsapp_business/attachments")
async def download_media(
    request: AnyRequest, simulator: Playing, mid: FromQuery[str], ext: FromQuery[int]
) -> Response[bytes]:
    """A file's content, for whoever has the token."""
    _check_token(request, simulator)
    media = simulator.media.fetch(mid, expires=ext)
    if media is None:
        raise GraphError("Not found", code=100, status=404)
    return Response(media.content, media_type=media.mime_type)


def _authorize(request: AnyRequest, simulator: Simulator, version: str) -> None:
    if not VERSION.fullmatch(version):
        raise GraphError(f"Unknown path components: /{version}", code=2500)
    _check_token(request, simulator)


def _check_token(request: AnyRequest, simulator: Simulator) -> None:
    expected = f"Bearer {simulator.business.access_token}"
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given.encode("latin-1", "replace"), expected.encode()):
        raise invalid_token()


def _check_number(simulator: Simulator, phone_number_id: str) -> None:
    if phone_number_id != simulator.business.phone_number_id:
        raise unknown_object(phone_number_id)


async def _json(request: AnyRequest) -> object:
    try:
        return await request.json()
    except SerializationException as error:
        raise invalid_parameter("The request body is not JSON.") from error


async def _say_nothing(simulator: Simulator) -> None:
    """Keep the caller waiting until it gives up, or until everything ends."""
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            await simulator.closing.wait()
    except TimeoutError:
        pass
    raise GraphError("An unknown error has occurred.", code=1, status=500)


def _accepted(wish: SendRequest, message: ChatMessage) -> dict[str, Any]:
    contact = {"input": wish.written}
    contact |= {"wa_id": message.number} if wish.address == message.number else {"user_id": wish.address}
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message.id}]}
