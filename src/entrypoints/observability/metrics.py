"""The metrics of the service, for Prometheus. Each instance has its own registry, so that two never share a counter.

With several processes (see `shared_processes`), every process shows the sum of all. docs/metrics.md lists them.
"""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

from application.receiving.receive_webhook import Receipt
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from entrypoints.observability.bounded_label import BoundedLabel
from entrypoints.observability.shared_processes import SHARED_METRICS, SharedMetrics, SharedProcesses
from entrypoints.observability.store_gauges import BuildInfo, StoreGauges
from entrypoints.observability.turn_metrics import TurnMetrics

# Meta asks for a median of 250 ms and less than 1 % above 1 s.
RESPONSE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
STORE_SECONDS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The metrics of one process. `turns` are those of its turns, `store` the gauges that are asked of the store."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._shared = os.environ.get(SHARED_METRICS)
        counter = self._counter
        self._requests = counter("http_requests", "Requests answered, by route template.", "method", "route", "status")
        self._response_seconds = self._seconds(
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
        store_seconds = self._seconds(
            "store", "Seconds that a trip to the store took; calls travel together.", STORE_SECONDS
        )
        self.store_trip = store_seconds.observe
        self.turns = TurnMetrics(self.registry)
        self.store = StoreGauges()
        self._shown = CollectorRegistry() if self._shared else self.registry
        self._shown.register(self.store)
        self._shown.register(BuildInfo())
        if self._shared:
            for collector in (SharedMetrics, SharedProcesses):
                self._shown.register(collector(Path(self._shared)))
        else:
            ProcessCollector(registry=self._shown)

        # The metrics of a route and of a channel, by their labels.
        self._of_route: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._of_channel: dict[str, tuple[Counter, Counter, Counter]] = {}

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(f"trunkline_{name}", documentation, labels, registry=self.registry)

    def _seconds(self, name: str, documentation: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"trunkline_{name}_seconds", documentation, labels, buckets=buckets, registry=self.registry)

    def expect(self, *, channel: str) -> None:
        """Show what alerts watch from zero on, before anything happens on this channel."""
        self._forged.labels(channel)
        self.turns.expect(channel=channel)

    def request(self, *, method: str, route: str, status: int, seconds: float) -> None:
        # To look up a labelled metric costs more than to count.
        counted = self._of_route.get((method, route, status))
        if counted is None:
            counted = self._requests.labels(method, route, status), self._response_seconds.labels(method, route)
            self._of_route[method, route, status] = counted
        requests, response_seconds = counted
        requests.inc()
        response_seconds.observe(seconds)

    def webhook(self, *, channel: str, receipt: Receipt) -> None:
        counted = self._of_channel.get(channel)
        if counted is None:
            counted = self._messages.labels(channel), self._duplicates.labels(channel), self._others.labels(channel)
            self._of_channel[channel] = counted
        messages, duplicates, others = counted
        if new := receipt.messages - receipt.duplicates:
            messages.inc(new)
        if receipt.duplicates:
            duplicates.inc(receipt.duplicates)
        if receipt.others:
            others.inc(receipt.others)
        for status in receipt.statuses:
            self._status(status)

    def _status(self, status: StatusUpdate) -> None:
        self._deliveries.labels(status.channel, status.status.value).inc()
        if status.failure is not None:
            self._delivery_failures.labels(status.channel, status.failure.value).inc()
        if status.billable and status.status is not DeliveryStatus.SENT:
            self._billable.labels(status.channel, self._category(status.category or "unknown")).inc()

    def forged(self, *, channel: str) -> None:
        self._forged.labels(channel).inc()

    def render(self) -> bytes:
        """Everything counted so far, in Prometheus' text format."""
        return generate_latest(self._shown)
