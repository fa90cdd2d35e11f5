"""The simulator as one web application."""

from litestar import Litestar
from litestar.di import Provide

from entrypoints.simulator.control_routes import control_router
from entrypoints.simulator.graph_routes import graph_router
from entrypoints.simulator.model_routes import model_router
from entrypoints.simulator.phone_routes import phone_routers
from entrypoints.simulator.simulator import Simulator


def create_simulator_app(simulator: Simulator) -> Litestar:
    """Graph API, phone, control and scripted model on one port; whoever serves it closes the simulator first."""

    async def provide_simulator() -> Simulator:
        return simulator

    return Litestar(
        route_handlers=[graph_router(), control_router(), model_router(), *phone_routers()],
        dependencies={"simulator": Provide(provide_simulator)},
        openapi_config=None,
        logging_config=None,
    )
