"""The metrics of the service, for Prometheus. Each instance has its own measures, so that two never share a counter.

With several processes (see `shared_processes`), every process shows the sum of all. docs/metrics.md lists them.
"""

import os
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from application.receiving.receive_webhook import Receipt
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from entrypoints.observability.bounded_label import BoundedLabel
from entrypoints.observability.measures import Counter, Histogram, Measure
from entrypoints.observability.shared_processes import SHARED_METRICS, SharedMetrics, SharedProcesses
from entrypoints.observability.store_gauges import BuildInfo, StoreGauges
from entrypoints.observability.turn_metrics import TurnMetrics

# Meta asks for a median of 250 ms and less than 1 % above 1 s.
RESPONSE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
STORE_SECONDS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The metrics of one process. `turns` are those of its turns, `store` the gauges that are asked of the store.

    `shared` is there where several processes show the sum of all.
    """

    def __init__(self) -> None:
        measures: list[Measure] = []
        counter, seconds = partial(Counter, measures), partial(Histogram, measures)
        self._requests = counter("http_requests", "Requests answered, by route template.", "method", "route", "status")
        self._response_seconds = seconds(
            "http_response", "Seconds until a response began, by route template.", RESPONSE_SECONDS, "method", "route"
        )
        self._messages = counter("messages", "Messages stored from webhooks.", "channel")
        self._duplicates = counter(
            "duplicate_messages", "Repeated deliveries of a message, which were ignored.", "channel"
        )
        self._others = counter(
            "other_events",
            "Webhook items that are not messages: statuses, notices, and items that were not understood.",
            "channel",
        )
        self._forged = counter(
            "forged_webhooks", "Webhook calls rejected because they do not come from the channel.", "channel"
        )
        self._deliveries = counter(
            "deliveries", "Delivery statuses of sent messages, each status of a message once.", "channel", "status"
        )
        self._delivery_failures = counter(
            "delivery_failures",
            "Messages that the channel accepted and could not deliver, by kind of failure.",
            "channel",
            "failure",
        )
        self._billable = counter(
            "billable_messages",
            "Delivered messages that the channel charges for, by category.",
            "channel",
            "category",
        )
        self._category = BoundedLabel()
        self.store_trip = seconds(
            "store", "Seconds that a trip to the store took; calls travel together.", STORE_SECONDS
        ).observe
        self.turns = TurnMetrics(measures)
        self.store = StoreGauges()
        self.registry = CollectorRegistry()
        self.registry.register(self.store)
        self.registry.register(BuildInfo())
        self.shared: SharedMetrics | None = None
        if shared := os.environ.get(SHARED_METRICS):
            self.shared = SharedMetrics(Path(shared), measures)
            self.registry.register(self.shared)
            self.registry.register(SharedProcesses(Path(shared)))
        else:
            for measure in measures:
                self.registry.register(measure)
            ProcessCollector(registry=self.registry)

    def expect(self, *, channel: str) -> None:
        """Show what alerts watch from zero on, before anything happens on this channel."""
        self._forged.expect(channel)
        self.turns.expect(channel=channel)

    def request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.inc(method, route, str(status))
        self._response_seconds.observe(seconds, method, route)

    def webhook(self, *, channel: str, receipt: Receipt) -> None:
        if new := receipt.messages - receipt.duplicates:
            self._messages.inc(channel, by=new)
        if receipt.duplicates:
            self._duplicates.inc(channel, by=receipt.duplicates)
        if receipt.others:
            self._others.inc(channel, by=receipt.others)
        for status in receipt.statuses:
            self._status(status)

    def _status(self, status: StatusUpdate) -> None:
        self._deliveries.inc(status.channel, status.status)
        if status.failure is not None:
            self._delivery_failures.inc(status.channel, status.failure)
        if status.billable and status.status is not DeliveryStatus.SENT:
            self._billable.inc(status.channel, self._category(status.category or "unknown"))

    def forged(self, *, channel: str) -> None:
        self._forged.inc(channel)

    def render(self) -> bytes:
        """Everything counted so far, in Prometheus' text format."""
        return generate_latest(self.registry)
