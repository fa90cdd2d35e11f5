"""Turns the trouble up and down, and answers what was really sent."""

from collections.abc import Sequence
from typing import Any

from attrs import asdict
from litestar import Router, get, put
from litestar.exceptions import ValidationException
from litestar.params import JSONBody

from entrypoints.simulator.control import Control, ControlRejectedError
from entrypoints.simulator.injection import Playing
from entrypoints.simulator.simulator import SentRecord


def control_router() -> Router:
    return Router(path="/control", route_handlers=[read_control, replace_control, list_sent])


@get("/")
async def read_control(simulator: Playing) -> dict[str, Any]:
    """How Meta behaves now."""
    return asdict(simulator.control)


@put("/")
async def replace_control(simulator: Playing, data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
    """How Meta is to behave from now on; what is left out goes back to its default."""
    try:
        simulator.control = Control.parse(data)
    except ControlRejectedError as error:
        raise ValidationException(str(error)) from error
    return asdict(simulator.control)


@get("/sent")
async def list_sent(simulator: Playing) -> Sequence[SentRecord]:
    """Every accepted send, in the order of acceptance."""
    return simulator.sent
