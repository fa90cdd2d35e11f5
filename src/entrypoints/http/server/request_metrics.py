"""Count every routed request, and let the log know which request is being answered."""

import time
from collections.abc import Awaitable

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.observability.metrics import Metrics
from entrypoints.observability.request_id import request_scope


class RequestMetrics:
    """Middleware that measures the time until the response begins, because a stream may go on for hours."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, app: ASGIApp) -> ASGIApp:
        def measured(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            began = time.perf_counter()

            def counted_send(message: Message) -> Awaitable[None]:
                if message["type"] == "http.response.start":
                    self._metrics.request(
                        method=str(scope.get("method")),
                        route=scope["path_template"],
                        status=message["status"],
                        seconds=time.perf_counter() - began,
                    )
                return send(message)

            request_scope.set(scope)  # type: ignore[arg-type]  # until the task of this request ends
            return app(scope, receive, counted_send)

        return measured
