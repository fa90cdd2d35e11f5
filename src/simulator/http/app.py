"""The simulator as one web application."""

from typing import Any

from litestar import Litestar, Request, Response
from litestar.di import Provide

from simulator.http.bot_api_routes import bot_api_router
from simulator.http.control_routes import control_router
from simulator.http.graph_routes import graph_router
from simulator.http.model_routes import model_router
from simulator.http.phone_routes import phone_routers
from simulator.http.proposal_routes import carry_out
from simulator.http.telegram_routes import telegram_router
from simulator.simulator import Simulator


def create_simulator_app(simulator: Simulator) -> Litestar:
    """The routes of the Graph API, the Bot API, the phone, the control and the scripted model, on one port.

    The caller closes the simulator before it stops the server.
    """

    async def provide_simulator() -> Simulator:
        return simulator

    return Litestar(
        route_handlers=[
            graph_router(),
            bot_api_router(),
            control_router(),
            model_router(),
            carry_out,
            telegram_router(),
            *phone_routers(),
        ],
        dependencies={"simulator": Provide(provide_simulator)},
        exception_handlers={RecursionError: _too_deep},
        openapi_config=None,
        logging_config=None,
    )


def _too_deep(_: Request[Any, Any, Any], __: RecursionError) -> Response[dict[str, object]]:
    return Response({"status_code": 400, "detail": "The body is nested too deeply."}, status_code=400)
