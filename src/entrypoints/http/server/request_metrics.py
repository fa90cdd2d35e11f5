"""Count every routed request, and let the log know which request is being answered."""

import time

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.observability.metrics import Metrics
from entrypoints.observability.request_id import request_scope


class RequestMetrics:
    """Middleware that measures the time until the response begins, because a stream may go on for hours."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def measured(scope: Scope, receive: Receive, send: Send) -> None:
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

            token = request_scope.set(scope)  # type: ignore[arg-type]
            try:
                await app(scope, receive, counted_send)
            finally:
                request_scope.reset(token)

        return measured
