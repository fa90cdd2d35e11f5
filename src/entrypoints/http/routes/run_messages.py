"""The address of the tool `send_message`, which Astromesh brings along. Path, header and fields are its own."""

from typing import Annotated, Any, Literal

import msgspec
from attrs import frozen
from litestar import Request, Response, post
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter, JSONBody

from application.operating.send_for_run import RunMessage
from application.signed_tokens import MAX_TOKEN
from entrypoints.http.problems import problem_response, problem_specs
from entrypoints.http.services import Services

MAX_TEXT = 4096
MAX_NAME = 300
RUN_SECURITY = {"run": list[str]()}

type Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]


class RunSendRequest(msgspec.Struct, kw_only=True):
    """What the tool sends. `channel` is the run's own channel, or its type; `recipient` a phone number or a user id.

    `conversation_ref` names the conversation of the recipient, as `channel:user`; it may be left out.
    """

    channel: Name
    recipient: Name
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    conversation_ref: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""


@frozen(kw_only=True)
class Pending:
    """The message is queued as the turn `message_id`: it is sent after what is under way with this person."""

    message_id: str
    status: Literal["pending"] = "pending"


async def _where_runs_send(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: where runs may not send, there is no such route."""
    services: Services = connection.app.state.services
    if services.send_for_run is None:
        raise NotFoundException


def _problem_for_tool(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Problem details with the member `error`: the tool passes that on to the model."""
    response = problem_response(request, error)
    content = response.content
    more = content.get("reason") or "; ".join(map(str, content.get("problems", ())))
    content["error"] = f"{content['detail']} {more}".strip()
    return response


@post(
    "/api/v1/runs/messages/send",
    status_code=202,
    tags=["agents"],
    guards=[_where_runs_send],
    security=[RUN_SECURITY],
    exception_handlers={Exception: _problem_for_tool},
    summary="Send a text beside a run's answer, to a person on the channel of the run",
    description="For tools of agents, with the token of the run from its context (`_nexus_run_token`). The same text "
    "to the same person is sent once in a turn, however often it is asked for.",
    responses=problem_specs(400, 401, 403, 404, 409, 422, 429, 502, 503),
)
async def send_for_run(
    services: NamedDependency[Services],
    data: JSONBody[RunSendRequest],
    token: Annotated[str, HeaderParameter(name="X-Nexus-Run-Token", max_length=MAX_TOKEN)] = "",
) -> Pending:
    if services.send_for_run is None:
        raise NotFoundException
    message = RunMessage(
        channel=data.channel, recipient=data.recipient, text=data.text, conversation_ref=data.conversation_ref
    )
    initiated = await services.send_for_run(token=token, message=message)
    return Pending(message_id=initiated.turn_id)
