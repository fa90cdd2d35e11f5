"""The webhook of each channel."""

from collections.abc import Mapping
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
from litestar.types import ASGIApp, Receive, Scope, Send

from application.ports.inbound_channel import ForgedWebhookError, WebhookAnswer
from application.ports.store import StoreUnavailableError
from entrypoints.http.body import read_body
from entrypoints.http.problems import answer_problem, problem_specs
from entrypoints.http.services import Services

# Browsers add it to every POST, channels never send it. Where signatures are not checked, only it tells them apart.
BROWSERS_HEADER = "origin"

logger = structlog.get_logger(__name__)


@frozen(kw_only=True)
class Stored:
    """Everything in the body is stored; the channel need not deliver it again."""

    status: Literal["stored"] = "stored"


STORED = WebhookAnswer(body=b'{"status":"stored"}')


def answer_webhooks(app: ASGIApp) -> ASGIApp:  # noqa: ARG001  (nothing is left for the handler to do)
    """Middleware that answers a delivery in front of Litestar's handler.

    This is the busiest route by far. A handler would cost it a request, a dependency and a response object, and nobody
    needs them here.
    """
    return _answer_webhook


async def _answer_webhook(scope: Scope, receive: Receive, send: Send) -> None:
    services: Services = scope["litestar_app"].state["services"]
    try:
        answer = await _receive_webhook(services, scope, receive)
    except Exception as error:  # noqa: BLE001  (every error has its answer)
        await answer_problem(error, scope, receive, send)
        return
    headers = [(b"content-type", answer.media_type.encode()), (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


async def _receive_webhook(services: Services, scope: Scope, receive: Receive) -> WebhookAnswer:
    channel: str = scope["path_params"]["channel"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        services.receive.verify_headers(channel=channel, headers=headers)
        if BROWSERS_HEADER in headers:
            raise ForgedWebhookError("a web page sent it")  # noqa: TRY301
        body = await read_body(headers, receive)
        receipt = await services.receive(channel=channel, headers=headers, body=body, url=_url(scope, headers))
    except ForgedWebhookError as error:
        services.metrics.forged(channel=channel)
        logger.info("webhook rejected: not from the channel", channel=channel, reason=str(error))
        raise
    except StoreUnavailableError as error:
        services.outages.record_failure(error)
        raise
    services.outages.record_success()
    services.metrics.webhook(channel=channel, receipt=receipt)
    return receipt.answer or STORED


def _url(scope: Scope, headers: Mapping[str, str]) -> str:
    """The address as the caller knows it: a proxy in between says which scheme it was called with."""
    scheme, host = headers.get("x-forwarded-proto") or scope["scheme"], headers.get("host", "")
    query = scope["query_string"].decode("latin-1")
    return f"{scheme}://{host}{scope['raw_path'].decode('latin-1')}{'?' if query else ''}{query}"


@dataclass
class WebhookOperation(Operation):
    """Documents the body. The handler reads it as bytes, so Litestar cannot see its type."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            content={MediaType.JSON.value: OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))},
            description="The channel's own format. A signature in a header of the channel covers these bytes.",
            required=True,
        )


class WebhookController(Controller):
    """One address for each channel: GET is the handshake, POST a delivery."""

    path = "/v1/channels/{channel:str}/webhook"
    tags = ("channels",)

    @get(
        media_type=MediaType.TEXT,
        summary="Confirm that this address belongs to the service",
        description="The channel's handshake. The channel defines the query parameters and the answer.",
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
        summary="Deliver messages and delivery statuses",
        description="The answer comes after everything in the body is stored. Repeated messages have no effect. Some "
        "channels get an answer in a format of their own.",
        operation_class=WebhookOperation,
        responses=problem_specs(400, 403, 404, 408, 413, 503),
        middleware=[answer_webhooks],
    )
    async def receive_webhook(self, channel: FromPath[str]) -> Stored:
        """Describes what `answer_webhooks` answers. It never runs."""
        raise NotImplementedError(channel)
