"""Build the web application from its routes."""

from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from entrypoints.http.audit_trail import audit_trail, present_target
from entrypoints.http.body import MAX_BODY_BYTES, BoundedBodies
from entrypoints.http.openapi import StrictBodies, openapi_config
from entrypoints.http.operator_access import present_operator
from entrypoints.http.problems import problem_response
from entrypoints.http.recent_reads import RecentReads
from entrypoints.http.routes.audit import AuditController
from entrypoints.http.routes.channel_list import list_channels
from entrypoints.http.routes.channels import ChannelController
from entrypoints.http.routes.console import lead_to_console, page_files, show_console, show_docs
from entrypoints.http.routes.conversations import ConversationController
from entrypoints.http.routes.dead_letters import DeadLetterController
from entrypoints.http.routes.event_receivers import EventReceiverController
from entrypoints.http.routes.events import stream_events
from entrypoints.http.routes.files import open_file
from entrypoints.http.routes.health import livez, metrics, readyz
from entrypoints.http.routes.login import assets, log_in, log_out, show_login
from entrypoints.http.routes.operators import OperatorController
from entrypoints.http.routes.persons import PersonController
from entrypoints.http.routes.proposals import ProposalController
from entrypoints.http.routes.reload import reload
from entrypoints.http.routes.run_messages import send_for_run
from entrypoints.http.routes.transcripts import TranscriptController
from entrypoints.http.routes.usage import show_usage
from entrypoints.http.routes.webhooks import WebhookController, answer_delivery, deliveries_first
from entrypoints.http.server.request_metrics import RequestMetrics
from entrypoints.http.services import Services
from entrypoints.http.wrong_tokens import WrongTokens
from entrypoints.not_installed import not_installed

# Where these are installed, Litestar imports its support of them.
UNUSED = ("opentelemetry", "pydantic", "starlette")


@not_installed(*UNUSED)
def create_app(services: Services) -> Litestar:
    """The web application over these services. It neither creates nor closes any of them.

    `app.state.services` may be replaced while it runs. A request under way keeps those that it began with.
    """
    request_metrics, bounded = RequestMetrics(services.metrics), BoundedBodies(services.body_memory)
    app = Litestar(
        route_handlers=[
            WebhookController,
            stream_events,
            DeadLetterController,
            ProposalController,
            EventReceiverController,
            ConversationController,
            TranscriptController,
            PersonController,
            ChannelController,
            list_channels,
            OperatorController,
            AuditController,
            show_login,
            log_in,
            log_out,
            assets(),
            show_usage,
            send_for_run,
            open_file,
            livez,
            readyz,
            metrics,
            reload,
            lead_to_console,
            show_console,
            show_docs,
            page_files(),
        ],
        dependencies={
            "services": Provide(_present_services, sync_to_thread=False),
            "operator": Provide(present_operator, sync_to_thread=False),
            "target": Provide(present_target, sync_to_thread=False),
        },
        # For guards too: Litestar gives them no dependencies.
        state=State(
            {"services": services, "wrong_tokens": WrongTokens(), "recent_reads": RecentReads()}, deep_copy=False
        ),
        exception_handlers={Exception: problem_response},
        middleware=[request_metrics, audit_trail, bounded],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=openapi_config(),
        plugins=[StrictBodies()],
        logging_config=None,
    )
    app.asgi_handler = deliveries_first(request_metrics(bounded(answer_delivery)), others=app.asgi_handler)
    return app


@not_installed(*UNUSED)
def create_probes(services: Services) -> Litestar:
    """The application of a process that is only a worker: probes and metrics."""
    return Litestar(
        route_handlers=[livez, readyz, metrics],
        dependencies={"services": Provide(_present_services, sync_to_thread=False)},
        state=State({"services": services}, deep_copy=False),
        exception_handlers={Exception: problem_response},
        openapi_config=None,
        logging_config=None,
    )


def _present_services(state: State) -> Any:
    return state.services
