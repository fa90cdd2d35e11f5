"""The media routes of the Graph API: upload, download, delete.

Shapes: Meta, "Media" reference of the Cloud API (2026).
"""

from typing import Annotated, Any

from litestar import Response, delete, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, QueryParameter

from simulator.graph_api.errors import missing_parameter, unknown_object
from simulator.http.dependencies import AnyRequest, SimulatorDependency
from simulator.http.graph_access import authorize, check_number, check_token
from simulator.simulator import Simulator
from simulator.state.media import MAX_BYTES, Media

MAX_UPLOAD = MAX_BYTES + 64 * 1024


@post("/{version:str}/{phone_number_id:str}/media", status_code=200, request_max_body_size=MAX_UPLOAD)
async def upload_media(
    request: AnyRequest, simulator: SimulatorDependency, version: FromPath[str], phone_number_id: FromPath[str]
) -> dict[str, str]:
    """Store a file from multipart form data. Answers its id."""
    authorize(request, simulator, version)
    check_number(simulator, phone_number_id)
    form = await request.form()
    file = form.get("file")
    if form.get("messaging_product") != "whatsapp":
        raise missing_parameter("messaging_product")
    if not isinstance(file, UploadFile):
        raise missing_parameter("file")
    media = Media(content=await file.read(), mime_type=file.content_type, filename=file.filename)
    return {"id": simulator.upload(media).id}


@get("/whatsapp_business/attachments")
async def download_media(
    request: AnyRequest,
    simulator: SimulatorDependency,
    mid: FromQuery[str],
    ext: FromQuery[int],
    signature: Annotated[str, QueryParameter(name="hash")],
) -> Response[bytes]:
    """The content of a file, for callers with the token."""
    check_token(request, simulator)
    media = simulator.download(mid, expires=ext, signature=signature)
    return Response(media.content, media_type=media.mime_type)


@delete("/{version:str}/{media_id:str}", status_code=200)
async def delete_media(
    request: AnyRequest, simulator: SimulatorDependency, version: FromPath[str], media_id: FromPath[str]
) -> dict[str, bool]:
    """Delete a file."""
    authorize(request, simulator, version)
    if not simulator.media.delete(media_id):
        raise unknown_object(media_id)
    return {"success": True}


def describe(simulator: Simulator, media_id: str, *, base_url: str) -> dict[str, Any]:
    """The data of a file, with an address that works for some time.

    Raises:
        GraphError: there is no file with this id.
    """
    media = simulator.media.get(media_id)
    if media is None:
        raise unknown_object(media_id)
    return {
        "messaging_product": "whatsapp",
        "id": media.id,
        "url": simulator.media.address(media, base_url=base_url),
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "file_size": str(len(media.content)),
    }


MEDIA_HANDLERS = (upload_media, download_media, delete_media)
