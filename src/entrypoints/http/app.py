"""Put the routes together."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from entrypoints.http.body import MAX_BODY_BYTES, BoundedBodies
from entrypoints.http.description import openapi_config
from entrypoints.http.problems import problem_response
from entrypoints.http.routes.channels import ChannelController
from entrypoints.http.routes.conversations import ConversationController
from entrypoints.http.routes.dead_letters import DeadLetterController
from entrypoints.http.routes.events import events
from entrypoints.http.routes.health import livez, metrics, readyz
from entrypoints.http.routes.webhooks import Webhooks
from entrypoints.http.server.request_metrics import RequestMetrics
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens


def create_app(services: Services) -> Litestar:
    """The web application over these services; makes and closes none of them."""
    return Litestar(
        route_handlers=[
            Webhooks,
            events,
            DeadLetterController,
            ConversationController,
            ChannelController,
            livez,
            readyz,
            metrics,
        ],
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        # For guards, which get no dependencies.
        state=State({"services": services, "wrong_tokens": WrongTokens()}, deep_copy=False),
        exception_handlers={Exception: problem_response},
        middleware=[RequestMetrics(services.metrics), BoundedBodies(services.body_memory)],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=openapi_config(),
        logging_config=None,
    )


def create_probes(services: Services) -> Litestar:
    """For a process that only works: is it alive, can it work, what has it counted."""
    return Litestar(
        route_handlers=[livez, readyz, metrics],
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        exception_handlers={Exception: problem_response},
        openapi_config=None,
        logging_config=None,
    )
