"""Gauges whose values are in the store and not in one process: every process shows the same."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from application.ports.backlog import Backlog
from application.ports.proposals import ProposalCounts


class StoreGauges(Collector):
    """What was asked of the store for this scrape. While the store is away, only `trunkline_store_up` has a value."""

    def __init__(self) -> None:
        self.open_breakers: Mapping[str, bool] | None = None
        self.backlog: Backlog | None = None
        self.proposals: ProposalCounts | None = None

    def collect(self) -> Iterator[Metric]:
        store_up = self.open_breakers is not None and self.backlog is not None
        yield GaugeMetricFamily("trunkline_store_up", "1 when the store answered this scrape, else 0.", value=store_up)
        breakers = GaugeMetricFamily(
            "trunkline_circuit_breaker_open",
            "1 while messages from a channel wait because sending fails, else 0.",
            labels=["channel"],
        )
        for channel, is_open in (self.open_breakers or {}).items():
            breakers.add_metric([channel], is_open)
        yield breakers
        yield from _backlog_gauges(self.backlog)
        yield from _proposal_gauges(self.proposals)


def _backlog_gauges(backlog: Backlog | None) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "trunkline_waiting_conversations",
        "Conversations with messages that are not answered yet, those with a turn under way included.",
        labels=["channel"],
    )
    messages = GaugeMetricFamily(
        "trunkline_waiting_messages",
        "The messages of these conversations that are not answered yet.",
        labels=["channel"],
    )
    oldest = GaugeMetricFamily(
        "trunkline_oldest_waiting_seconds",
        "Age of the oldest message that is not answered yet; 0 when none waits.",
        labels=["channel"],
    )
    letters = GaugeMetricFamily("trunkline_dead_letters", "Dead letters that are kept for an operator.")
    if backlog is not None:
        for channel, of_channel in backlog.channels.items():
            waiting.add_metric([channel], of_channel.conversations)
            messages.add_metric([channel], of_channel.messages)
            oldest.add_metric([channel], of_channel.oldest_seconds or 0)
        letters.add_metric([], backlog.dead_letters)
    yield from (waiting, messages, oldest, letters)


def _proposal_gauges(counts: ProposalCounts | None) -> Iterator[Metric]:
    is_open = GaugeMetricFamily("trunkline_open_proposals", "Actions that agents proposed and nobody has decided.")
    undelivered = GaugeMetricFamily(
        "trunkline_undelivered_proposals", "Approved actions that nobody took; they wait for an operator."
    )
    oldest = GaugeMetricFamily(
        "trunkline_oldest_undelivered_proposal_seconds",
        "Time since the oldest approved action was approved that is still on its way; 0 when none is.",
    )
    if counts is not None:
        is_open.add_metric([], counts.open)
        undelivered.add_metric([], counts.undelivered)
        oldest.add_metric([], counts.oldest_undelivered_seconds)
    yield from (is_open, undelivered, oldest)


class BuildInfo(Collector):
    """A gauge that is always 1: its label is the version."""

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("trunkline_build_info", "1 for the version that runs.", labels=["version"])
        info.add_metric([version("trunkline")], 1)
        yield info
