"""Where channels deliver."""

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

import structlog
from attrs import frozen
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath

from application.ports.inbound_channel import ForgedWebhookError
from application.ports.store import StoreUnavailableError
from entrypoints.http.body import read_body
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

# Browsers name the page that sends a POST; channels send none. Without signatures it is all that tells them apart.
BROWSERS_HEADER = "origin"

logger = structlog.get_logger(__name__)


@frozen(kw_only=True)
class Stored:
    """The channel may forget what it delivered."""

    status: Literal["stored"] = "stored"


@dataclass
class WebhookOperation(Operation):
    """Describes the body that the handler reads for itself, as bytes."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            content={MediaType.JSON.value: OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))},
            description="The channel's own format. Its signature, in its own header, covers these bytes.",
            required=True,
        )


class Webhooks(Controller):
    """One address a channel, for the handshake and for deliveries."""

    path = "/v1/channels/{channel:str}/webhook"
    tags = ("channels",)

    @get(
        media_type=MediaType.TEXT,
        summary="Prove that this address is ours",
        description="The handshake of the channel. Query parameters and answer are the channel's own.",
        responses=problem_specs(400, 403, 404),
    )
    async def verify_subscription(
        self, request: Request[Any, Any, Any], services: NamedDependency[Services], channel: FromPath[str]
    ) -> Response[str]:
        query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
        challenge = services.verify(channel=channel, query=query)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(challenge, media_type=MediaType.TEXT, headers=headers)

    @post(
        status_code=200,
        summary="Deliver messages and statuses",
        description="Answered once everything in the body is stored; a message that came before is dropped.",
        operation_class=WebhookOperation,
        responses=problem_specs(400, 403, 404, 408, 413, 503),
    )
    async def receive_webhook(
        self, request: Request[Any, Any, Any], services: NamedDependency[Services], channel: FromPath[str]
    ) -> Stored:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
        try:
            if BROWSERS_HEADER in headers:
                raise ForgedWebhookError("a web page is no channel")  # noqa: TRY301
            services.receive.verify_headers(channel=channel, headers=headers)
            body = await read_body(request)
            receipt = await services.receive(channel=channel, headers=headers, body=body)
        except ForgedWebhookError as error:
            services.metrics.forged(channel=channel)
            logger.info("webhook refused: the channel did not sign it", channel=channel, reason=str(error))
            raise
        except StoreUnavailableError as error:
            services.trouble.met(error)
            raise
        services.trouble.over()
        services.metrics.webhook(channel=channel, receipt=receipt)
        return Stored()
