"""The metrics of the service, for Prometheus. Each instance has its own registry, so that two never share a counter.

Where the environment names a directory (SHARED_METRICS), prometheus_client keeps the counters of each process in a file
there, and every process of the machine shows the sum of all. The variable must be set before this is imported.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from application.receiving.receive_webhook import Receipt
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome

AGENT_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 60.0)
SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"
# Meta asks for a median of 250 ms and less than 1 % above 1 s.
RESPONSE_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


def process_file(directory: Path, pid: int | str) -> Path:
    """The file that shows that a process with counters in this directory runs."""
    return directory / f"process.{pid}"


class CircuitBreakers(Collector):
    """A gauge with values for the channels that were named last. They come from the store, not from one process."""

    def __init__(self) -> None:
        self.is_open: Mapping[str, bool] = {}

    def collect(self) -> Iterator[Metric]:
        gauge = GaugeMetricFamily(
            "trunkline_circuit_breaker_open",
            "1 while messages from a channel wait because sending fails, else 0.",
            labels=["channel"],
        )
        for channel, value in self.is_open.items():
            gauge.add_metric([channel], value)
        yield gauge


class SharedProcesses(Collector):
    """What the running processes use: processor time, memory and descriptors, all added up."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        sums: dict[str, Metric] = {}
        for file in self._directory.glob(process_file(self._directory, "*").name):
            pid = file.suffix.removeprefix(".")
            for metric in ProcessCollector(pid=partial(int, pid), registry=CollectorRegistry()).collect():
                if metric.name == "process_start_time_seconds":  # it has no sum
                    continue
                known = sums.setdefault(metric.name, metric)
                if known is not metric:
                    known.samples = [
                        sample._replace(value=sample.value + other.value)
                        for sample, other in zip(known.samples, metric.samples, strict=True)
                    ]
        return sums.values()


class Metrics:
    """Counters of the web application and of the worker."""

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
        self._turns = counter("turns", "Turns that a worker took up, by outcome.", "outcome")
        self._abandoned = counter(
            "abandoned_turns", "Turns that a worker had to leave to another worker, by reason.", "reason"
        )
        self._agent_seconds = self._seconds(
            "agent", "Seconds that a run of an agent took, by how it ended.", AGENT_SECONDS, "agent", "outcome"
        )
        self._circuit_breakers = CircuitBreakers()
        self._shown = CollectorRegistry() if self._shared else self.registry
        self._shown.register(self._circuit_breakers)
        if self._shared:
            MultiProcessCollector(self._shown, self._shared)  # type: ignore[no-untyped-call]
            self._shown.register(SharedProcesses(Path(self._shared)))
        else:
            ProcessCollector(registry=self._shown)

        # The metrics of a route and of a channel, by their labels.
        self._of_route: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._of_channel: dict[str, tuple[Counter, Counter, Counter]] = {}

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(f"trunkline_{name}", documentation, labels, registry=self.registry)

    def _seconds(self, name: str, documentation: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"trunkline_{name}_seconds", documentation, labels, buckets=buckets, registry=self.registry)

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
        for counter, count in zip(
            counted, (receipt.messages - receipt.duplicates, receipt.duplicates, receipt.others), strict=True
        ):
            if count:
                counter.inc(count)
        for status in receipt.statuses:
            self._status(status)

    def _status(self, status: StatusUpdate) -> None:
        self._deliveries.labels(status.channel, status.status.value).inc()
        if status.failure is not None:
            self._delivery_failures.labels(status.channel, status.failure.value).inc()
        if status.billable and status.status is not DeliveryStatus.SENT:
            self._billable.labels(status.channel, status.category or "unknown").inc()

    def forged(self, *, channel: str) -> None:
        self._forged.labels(channel).inc()

    def agent_run(self, *, agent: str, outcome: str, seconds: float) -> None:
        self._agent_seconds.labels(agent, outcome).observe(seconds)

    def turn(self, outcome: Outcome) -> None:
        self._turns.labels(outcome.value).inc()

    def abandoned(self, reason: str) -> None:
        self._abandoned.labels(reason).inc()

    def circuit_breakers(self, is_open: Mapping[str, bool]) -> None:
        """Set the gauge of each channel. Channels that are not named have no value: nothing is known about them."""
        self._circuit_breakers.is_open = is_open

    def render(self) -> bytes:
        """Everything counted so far, in Prometheus' text format."""
        return generate_latest(self._shown)
