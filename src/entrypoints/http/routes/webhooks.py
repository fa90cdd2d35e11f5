"""The webhook of each channel."""

import re
from collections.abc import Awaitable, Mapping
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
from entrypoints.http.server.protocol import BODY
from entrypoints.http.services import Services

# Browsers add it to every POST, channels never send it. Where signatures are not checked, only it tells them apart.
BROWSERS_HEADER = "origin"
PATH = "/v1/channels/{channel:str}/webhook"
# As Litestar names the route.
PATH_TEMPLATE = "/v1/channels/{channel}/webhook"
DELIVERY = re.compile("/v1/channels/([^/]+)/webhook")

logger = structlog.get_logger(__name__)


@frozen(kw_only=True)
class Stored:
    """Everything in the body is stored; the channel need not deliver it again."""

    status: Literal["stored"] = "stored"


def _response(answer: WebhookAnswer) -> Any:
    headers = [(b"content-type", answer.media_type.encode()), (b"content-length", b"%d" % len(answer.body))]
    return {"type": "http.response.start", "status": 200, "headers": headers, BODY: answer.body}


STORED = _response(WebhookAnswer(body=b'{"status":"stored"}'))


def deliveries_first(deliveries: ASGIApp, *, others: ASGIApp) -> ASGIApp:
    """Pass the deliveries on to `deliveries`, and all other requests to `others`, which is Litestar's router.

    This is the busiest route by far. The router, the handlers of errors, the audit trail of operators, a request, a
    dependency and a response object would cost it more than to read the body, and nobody needs them here.
    """

    def route(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        found = DELIVERY.fullmatch(scope["path"]) if scope.get("method") == "POST" else None
        if found is None:
            return others(scope, receive, send)
        scope["path_params"], scope["path_template"] = {"channel": found[1]}, PATH_TEMPLATE
        return deliveries(scope, receive, send)

    return route


def at_other_paths(app: ASGIApp) -> ASGIApp:  # noqa: ARG001  (nothing is left for the handler to do)
    """Middleware for a delivery whose path Litestar had to normalise, such as one that ends with a slash."""
    return answer_delivery


async def answer_delivery(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a delivery of the channel in `path_params`."""
    services: Services = scope["litestar_app"].state["services"]
    channel: str = scope["path_params"]["channel"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        services.receive.verify_headers(channel=channel, headers=headers)
        if BROWSERS_HEADER in headers:
            raise ForgedWebhookError("a web page sent it")  # noqa: TRY301
        body = await read_body(headers, receive)
        receipt = await services.receive(channel=channel, headers=headers, body=body, url=_url(scope, headers))
        services.outages.record_success()
        services.metrics.webhook(channel=channel, receipt=receipt)
    except Exception as error:  # noqa: BLE001  (every error has its answer)
        _record_failure(error, services, channel)
        await answer_problem(error, scope, receive, send)
        return
    response = _response(receipt.answer) if receipt.answer else STORED
    await send(response)
    if BODY not in scope:
        await send({"type": "http.response.body", "body": response[BODY], "more_body": False})


def _record_failure(error: Exception, services: Services, channel: str) -> None:
    match error:
        case ForgedWebhookError():
            services.metrics.forged(channel=channel)
            logger.info("webhook rejected: not from the channel", channel=channel, reason=str(error))
        case StoreUnavailableError():
            services.outages.record_failure(error)


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

    path = PATH
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
        middleware=[at_other_paths],
    )
    async def receive_webhook(self, channel: FromPath[str]) -> Stored:
        """Describes what `answer_delivery` answers. It never runs."""
        raise NotImplementedError(channel)
