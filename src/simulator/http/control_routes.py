"""The routes that tests use: they set the faults, and read what the business and the bot sent."""

from collections.abc import Sequence
from typing import Annotated, Any

from attrs import asdict, evolve
from litestar import Router, get, post, put
from litestar.exceptions import ValidationException
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from simulator.graph_api.outbound import SentRecord
from simulator.graph_api.templates import Template
from simulator.http.dependencies import SimulatorDependency
from simulator.http.phone_access import phone_of
from simulator.state.control import Control, ControlRejectedError
from simulator.state.media import Media
from simulator.telegram.errors import BotApiError
from simulator.telegram.telegram import Failure
from simulator.webhooks.account_events import UnknownAccountEventError


class PhoneSettings(Struct):
    """Settings of one phone. A setting that is missing stays as it is."""

    hides_number: bool | None = None
    ahead_seconds: float | None = None


class AccountEvent(Struct):
    """A webhook field and its value. Without a value, an example of the field is sent."""

    field: str
    value: dict[str, Any] | None = None


class BotApiFailure(Struct):
    """A refusal of the next call of `method`, or of the next call that sends, as the Bot API writes it."""

    error_code: Annotated[int, Meta(ge=400, le=599)]
    description: str
    parameters: dict[str, Any] = {}
    method: str = ""


class NewTemplate(Struct):
    """A template of the business."""

    body: str
    language: str = "en_US"
    buttons: tuple[str, ...] = ()


def control_router() -> Router:
    faults = [read_control, replace_control, change_phone, send_account_event, add_template, fail_bot_api]
    return Router(path="/control", route_handlers=[*faults, list_sent, list_bot_api_calls])


@get("/")
async def read_control(simulator: SimulatorDependency) -> dict[str, Any]:
    """The faults in force."""
    return asdict(simulator.control)


@put("/")
async def replace_control(simulator: SimulatorDependency, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """Set the faults from now on. A missing setting gets its default."""
    try:
        simulator.control = Control.parse(data)
    except ControlRejectedError as error:
        raise ValidationException(str(error)) from error
    return asdict(simulator.control)


@get("/sent")
async def list_sent(simulator: SimulatorDependency) -> Sequence[SentRecord]:
    """Every accepted send, in the order of acceptance."""
    return simulator.sent


@put("/phones/{number:str}", status_code=204)
async def change_phone(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[PhoneSettings]) -> None:
    """Hide or show a person's number, or move Meta's clock for the window of their conversation."""
    phone = phone_of(simulator, number)
    if data.hides_number is not None:
        phone.person = evolve(phone.person, hides_number=data.hides_number)
    if data.ahead_seconds is not None:
        phone.ahead_seconds = data.ahead_seconds


@post("/account_events", status_code=204)
async def send_account_event(simulator: SimulatorDependency, data: JSONBody[AccountEvent]) -> None:
    """Call the webhook with an event that is not a message."""
    try:
        simulator.send_account_event(data.field, data.value)
    except UnknownAccountEventError as error:
        raise ValidationException(str(error)) from error


@put("/templates/{name:str}", status_code=204)
async def add_template(simulator: SimulatorDependency, name: FromPath[str], data: JSONBody[NewTemplate]) -> None:
    """Add a template of the business. From the first one on, sends with other templates are refused."""
    template = Template(name=name, body=data.body, language=data.language, buttons=data.buttons)
    simulator.outbound.templates.put(template)


@post("/telegram/failures", status_code=204)
async def fail_bot_api(simulator: SimulatorDependency, data: JSONBody[list[BotApiFailure]]) -> None:
    """Refuse calls of the Bot API, one for each failure, in their order."""
    simulator.telegram.failures += [
        Failure(method=one.method, error=BotApiError(one.description, code=one.error_code, **one.parameters))
        for one in data
    ]


@get("/telegram/calls")
async def list_bot_api_calls(simulator: SimulatorDependency) -> list[dict[str, Any]]:
    """The latest calls of the Bot API, in their order. Of a file there is the length."""
    return [
        {
            "method": call.method,
            "fields": {
                name: len(value.content) if isinstance(value, Media) else value for name, value in call.fields.items()
            },
        }
        for call in simulator.telegram.calls
    ]
