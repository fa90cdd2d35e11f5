"""Turns the trouble up and down, and answers what was really sent."""

import time
from collections.abc import Sequence
from typing import Any

from attrs import asdict, evolve
from litestar import Router, get, post, put
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from simulator.graph_api.outbound import SentRecord
from simulator.graph_api.templates import Template
from simulator.http.dependencies import SimulatorDependency
from simulator.state.control import Control, ControlRejectedError
from simulator.state.phones import UnknownPhoneError
from simulator.webhooks.account_events import TIMELESS, UnknownNoticeError, example


class Circumstances(Struct):
    """What holds for one phone; what is left out stays as it is."""

    hides_number: bool | None = None
    ahead_seconds: float | None = None


class Notice(Struct):
    """Something besides messages: a webhook field, and its value where no example will do."""

    field: str
    value: dict[str, Any] | None = None


class Approved(Struct):
    """A template of the business."""

    body: str
    language: str = "en_US"
    buttons: tuple[str, ...] = ()


def control_router() -> Router:
    handlers = [read_control, replace_control, list_sent, change_phone, tell, approve_template]
    return Router(path="/control", route_handlers=handlers)


@get("/")
async def read_control(simulator: SimulatorDependency) -> dict[str, Any]:
    """How Meta behaves now."""
    return asdict(simulator.control)


@put("/")
async def replace_control(simulator: SimulatorDependency, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """How Meta is to behave from now on; what is left out goes back to its default."""
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
async def change_phone(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[Circumstances]) -> None:
    """Hide or show somebody's number, or move Meta's clock for the window of their conversation."""
    try:
        phone = simulator.phones[number.removeprefix("+")]
    except UnknownPhoneError as error:
        raise NotFoundException(f"nobody has the number {number}") from error
    if data.hides_number is not None:
        phone.person = evolve(phone.person, hides_number=data.hides_number)
    if data.ahead_seconds is not None:
        phone.ahead_seconds = data.ahead_seconds


@post("/notices", status_code=204)
async def tell(simulator: SimulatorDependency, data: JSONBody[Notice]) -> None:
    """Tell the business of something besides messages; without a value an example of the field is told."""
    try:
        value = data.value or example(data.field, simulator.business)
    except UnknownNoticeError as error:
        raise ValidationException(str(error)) from error
    simulator.tell(data.field, value, at=None if data.field in TIMELESS else int(time.time()))


@put("/templates/{name:str}", status_code=204)
async def approve_template(simulator: SimulatorDependency, name: FromPath[str], data: JSONBody[Approved]) -> None:
    """Give the business a template; from the first one on, no other is taken."""
    template = Template(name=name, body=data.body, language=data.language, buttons=data.buttons)
    simulator.sends.templates.put(template)
