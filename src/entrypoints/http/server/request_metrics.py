"""Count every routed request."""

import time

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.observability.metrics import Metrics


class RequestMetrics(ASGIMiddleware):
    """Measures the time until the response begins, because a stream may go on for hours."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        began = time.perf_counter()

        async def counted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.request(
                    method=str(scope.get("method")),
                    route=scope["path_template"],
                    status=message["status"],
                    seconds=time.perf_counter() - began,
                )
            await send(message)

        await next_app(scope, receive, counted_send)
