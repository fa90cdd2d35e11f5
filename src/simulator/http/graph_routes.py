"""The routes of the Graph API: messages, and the data of the business number or of a file."""

from typing import Any

from litestar import MediaType, Response, Router, get, post
from litestar.exceptions import SerializationException
from litestar.params import FromPath

from simulator.graph_api.errors import GraphError, invalid_parameter
from simulator.graph_api.requests import ReadRequest, SendRequest, parse_request
from simulator.http.dependencies import AnyRequest, SimulatorDependency
from simulator.http.graph_access import authorize, check_number
from simulator.http.media_routes import MEDIA_HANDLERS, describe
from simulator.state.chat_messages import ChatMessage


def graph_router() -> Router:
    handlers = [call_messages, get_node, *MEDIA_HANDLERS]
    return Router(path="/", route_handlers=handlers, exception_handlers={GraphError: graph_error_response})


def graph_error_response(_: AnyRequest, error: GraphError) -> Response[Any]:
    if error.page:
        return Response(error.page, status_code=error.status, media_type=MediaType.HTML)
    return Response(error.body, status_code=error.status)


@post("/{version:str}/{phone_number_id:str}/messages", status_code=200)
async def call_messages(
    request: AnyRequest, simulator: SimulatorDependency, version: FromPath[str], phone_number_id: FromPath[str]
) -> dict[str, Any]:
    """Send a message, or mark one as read."""
    authorize(request, simulator, version)
    check_number(simulator, phone_number_id)
    parsed = parse_request(await _json(request))
    if isinstance(parsed, ReadRequest):
        simulator.acknowledge(parsed)
        return {"success": True}
    message = simulator.accept(parsed)
    if simulator.leaves_unanswered(message.id):
        await simulator.stay_silent()
        raise GraphError("An unknown error has occurred.", code=1, status=500)
    return _accepted(parsed, message)


@get("/{version:str}/{node_id:str}")
async def get_node(
    request: AnyRequest, simulator: SimulatorDependency, version: FromPath[str], node_id: FromPath[str]
) -> dict[str, Any]:
    """The data of the business number, or of a file and the address to download it from."""
    authorize(request, simulator, version)
    business = simulator.business
    if node_id == business.phone_number_id:
        return {
            "id": business.phone_number_id,
            "display_phone_number": f"+{business.phone}",
            "verified_name": business.name,
            "quality_rating": "GREEN",
        }
    return describe(simulator, node_id, base_url=str(request.base_url))


async def _json(request: AnyRequest) -> object:
    try:
        return await request.json()
    except SerializationException as error:
        raise invalid_parameter("The request body is not JSON.") from error


def _accepted(parsed: SendRequest, message: ChatMessage) -> dict[str, Any]:
    contact = {"input": parsed.recipient_input}
    contact |= {"wa_id": parsed.address} if parsed.address == message.number else {"user_id": parsed.address}
    item = {"id": message.id} | ({"message_status": "accepted"} if parsed.type == "template" else {})
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [item]}
