"""The routes of Telegram's Bot API, below `/telegram`: the methods, and the downloads of files.

Source: Telegram, "Bot API" 10.1, "Making requests" and "getFile".
"""

import secrets
from collections.abc import Mapping

from litestar import HttpMethod, Response, Router, get, route
from litestar.datastructures import UploadFile
from litestar.exceptions import SerializationException
from litestar.params import FromPath

from simulator.http.dependencies import AnyRequest, SimulatorDependency
from simulator.simulator import Simulator
from simulator.state.media import Media
from simulator.telegram.errors import BotApiError, bad_request
from simulator.telegram.files import MAX_UPLOAD
from simulator.telegram.requests import SENDS

PREFIX = "/telegram"
MAX_BODY = MAX_UPLOAD + 1024 * 1024


def bot_api_router() -> Router:
    handlers = [call_method, download_file]
    return Router(path=PREFIX, route_handlers=handlers, exception_handlers={BotApiError: _refusal})


@route(
    "/{bot:str}/{method:str}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    status_code=200,
    request_max_body_size=MAX_BODY,
)
async def call_method(
    request: AnyRequest, simulator: SimulatorDependency, bot: FromPath[str], method: FromPath[str]
) -> dict[str, object]:
    """Call a method of the bot."""
    _authorize(simulator, bot)
    result = await simulator.telegram.call(method, await _fields(request))
    if method in SENDS and isinstance(result, Mapping):
        message_id = f"{result['chat']['id']}.{result['message_id']}"
        if simulator.leaves_unanswered(message_id):
            await simulator.stay_silent()
            raise BotApiError("Internal Server Error", code=500)
    return {"ok": True, "result": result}


@get("/file/{bot:str}/{folder:str}/{name:str}")
async def download_file(
    simulator: SimulatorDependency, bot: FromPath[str], folder: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """The content of a file that a person sent."""
    _authorize(simulator, bot)
    media = simulator.telegram.files.at(f"{folder}/{name}")
    if media is None:
        raise BotApiError("Not Found", code=404)
    return Response(media.content, media_type="application/octet-stream")


def _authorize(simulator: Simulator, given: str) -> None:
    """The token is a part of the address, after the word "bot"."""
    expected = f"bot{simulator.telegram.bot.token}"
    if not given.startswith("bot") or ":" not in given:
        raise BotApiError("Not Found", code=404)
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise BotApiError("Unauthorized", code=401)


async def _fields(request: AnyRequest) -> Mapping[str, object]:
    """The fields of a call: in the query, as JSON, or as a form, which may have files in it."""
    fields: dict[str, object] = dict(request.query_params.items())
    content_type, _ = request.content_type
    if content_type == "application/json":
        try:
            body = await request.json()
        except SerializationException:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(body, Mapping):
            raise bad_request("expected a JSON object")
        return fields | dict(body)
    if content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        fields |= {name: await _form_value(value) for name, value in (await request.form()).items()}
    return fields


async def _form_value(value: object) -> object:
    if not isinstance(value, UploadFile):
        return value
    return Media(content=await value.read(), mime_type=value.content_type, filename=value.filename)


def _refusal(_: AnyRequest, error: BotApiError) -> Response[dict[str, object]]:
    return Response(error.body, status_code=error.code)
