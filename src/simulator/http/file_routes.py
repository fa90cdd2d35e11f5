"""The files of the phones: those to send, and those in the threads."""

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath

from simulator.http.dependencies import AnyRequest, SimulatorDependency
from simulator.http.phone_access import phone_of
from simulator.state.media import MAX_BYTES, Media

MAX_UPLOAD = MAX_BYTES + 64 * 1024
# A browser must not guess the type of a file, and an HTML file must not run scripts.
HARMLESS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


@post("/phone/{number:str}/files", request_max_body_size=MAX_UPLOAD)
async def add_file(request: AnyRequest, simulator: SimulatorDependency, number: FromPath[str]) -> dict[str, str]:
    """Store a file from multipart form data (`file`). Answers its id, and the kind of message that suits it."""
    phone_of(simulator, number)
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        raise ValidationException("the form has no file")
    media = Media(content=await file.read(), mime_type=file.content_type, filename=file.filename)
    return {"id": simulator.media.put(media).id, "kind": media.kind}


@get("/phone/files/{media_id:str}")
async def show_file(simulator: SimulatorDependency, media_id: FromPath[str]) -> Response[bytes]:
    """The content of a file, for the page."""
    media = simulator.media.get(media_id)
    if media is None:
        raise NotFoundException(f"there is no file {media_id}")
    return Response(media.content, media_type=media.mime_type, headers=HARMLESS)


FILES = (add_file, show_file)
