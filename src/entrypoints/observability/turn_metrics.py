"""The metrics of turns: what workers and use cases measure."""

import functools
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from domain.conversations.outcome import Outcome
from domain.conversations.usage import Usage
from entrypoints.observability.bounded_label import BoundedLabel

AGENT_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 60.0)
END_TO_END_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
SEND_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
WAIT_SECONDS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
NOT_FAILED = frozenset({"sent", "cancelled"})


class TurnMetrics:
    """The adapter of the port `Measurements`, and what the worker counts. Labels are looked up once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        counter = functools.partial(_counter, registry)
        histogram = functools.partial(_histogram, registry)
        self._turns = counter("turns", "Turns that a worker took up, by outcome.", "channel", "outcome")
        self._abandoned = counter(
            "abandoned_turns", "Turns that a worker had to leave to another worker, by reason.", "channel", "reason"
        )
        self._takeovers = counter(
            "lease_takeovers", "Conversations that were taken over from a worker that stopped renewing.", "channel"
        )
        self._limited = counter(
            "limited_messages", "Messages over the rate limit, which the agent does not get.", "channel"
        )
        self._proposals = counter(
            "proposals", "Actions that agents proposed, and what became of them.", "channel", "outcome"
        )
        self._webhook_posts = counter(
            "webhook_posts", "Signed messages to an address of the operator, each attempt.", "webhook", "outcome"
        )
        self._send_failures = counter(
            "send_failures", "Failed sends, by failure and by the channel's own code.", "channel", "failure", "code"
        )
        self._tokens = counter(
            "agent_tokens",
            "Tokens that the answered turns used, by model and direction (in, out).",
            "channel",
            "agent",
            "model",
            "direction",
        )
        self._cost = counter(
            "agent_cost", "What the answered turns cost, in the runtime's currency.", "channel", "agent", "model"
        )
        self._events_waiting = functools.cache(
            Gauge(
                "trunkline_waiting_events",
                "Events that were read for a receiver and that it has not taken yet.",
                ["webhook"],
                registry=registry,
                multiprocess_mode="livesum",
            ).labels
        )
        self._end_to_end = histogram(
            "end_to_end",
            "Seconds from the receipt of a turn's first message until the agent's answer was sent.",
            END_TO_END_SECONDS,
            "channel",
        )
        self._agent_seconds = histogram(
            "agent",
            "Seconds that a run of an agent took, by how it ended.",
            AGENT_SECONDS,
            "channel",
            "runtime",
            "agent",
            "outcome",
        )
        self._send_seconds = histogram(
            "send", "Seconds that a send to the channel took, by how it ended.", SEND_SECONDS, "channel", "outcome"
        )
        self._waits = histogram(
            "send_rate_wait", "Seconds that turns were told to wait for the send rate.", WAIT_SECONDS, "channel"
        )
        self._in_flight = functools.cache(
            Gauge(
                "trunkline_turns_in_flight",
                "Turns that workers have now.",
                ["channel"],
                registry=registry,
                multiprocess_mode="livesum",
            ).labels
        )
        self._places = Gauge(
            "trunkline_turn_places",
            "How many turns the workers may have at once.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._code = BoundedLabel()
        self._agent = BoundedLabel()
        self._model = BoundedLabel()
        self._channels: set[str] = set()

    def expect(self, *, channel: str) -> None:
        """Show the counters that alerts watch from zero on: Prometheus takes the first value for no increase."""
        self._channels.add(channel)
        for labelled in (self._takeovers, self._limited):
            labelled(channel)
        self._turns(channel, Outcome.FAILED)

    def places(self, count: int) -> None:
        """Say how many turns this process may have at once."""
        self._places.set(count)

    def in_flight(self, turns: Mapping[str, int]) -> None:
        """Say how many turns of each channel this process has now. Channels that are not named have none."""
        self._channels.update(turns)
        for channel in self._channels:
            self._in_flight(channel).set(turns.get(channel, 0))

    def taken_over(self, *, channel: str) -> None:
        self._takeovers(channel).inc()

    def ended(self, outcome: Outcome, *, channel: str) -> None:
        self._turns(channel, outcome).inc()

    def abandoned(self, reason: str, *, channel: str) -> None:
        self._abandoned(channel, reason).inc()

    def agent_run(self, *, channel: str, runtime: str, agent: str, outcome: str, seconds: float) -> None:
        # An agent may hand over to any name.
        self._agent_seconds(channel, runtime, self._agent(agent), outcome).observe(seconds)

    def answered(self, *, channel: str, seconds: float) -> None:
        self._end_to_end(channel).observe(seconds)

    def sent(self, *, channel: str, outcome: str, code: str, seconds: float) -> None:
        self._send_seconds(channel, outcome).observe(seconds)
        if outcome not in NOT_FAILED:
            self._send_failures(channel, outcome, self._code(code)).inc()

    def used(self, *, channel: str, usage: Usage) -> None:
        agent = self._agent(usage.agent)
        for used in usage.models:
            model = self._model(used.model)
            self._tokens(channel, agent, model, "in").inc(used.tokens_in)
            self._tokens(channel, agent, model, "out").inc(used.tokens_out)
            self._cost(channel, agent, model).inc(used.cost)

    def limited(self, *, channel: str, messages: int) -> None:
        self._limited(channel).inc(messages)

    def proposal(self, *, channel: str, outcome: str) -> None:
        self._proposals(channel, outcome).inc()

    def webhook(self, *, webhook: str, outcome: str) -> None:
        self._webhook_posts(webhook, outcome).inc()

    def events_waiting(self, *, receiver: str, events: int) -> None:
        self._events_waiting(receiver).set(events)

    def send_rate_wait(self, *, channel: str, seconds: float) -> None:
        self._waits(channel).observe(seconds)


def _counter(registry: CollectorRegistry, name: str, documentation: str, *labels: str) -> Callable[..., Counter]:
    return functools.cache(Counter(f"trunkline_{name}", documentation, labels, registry=registry).labels)


def _histogram(
    registry: CollectorRegistry, name: str, documentation: str, buckets: tuple[float, ...], *labels: str
) -> Callable[..., Histogram]:
    histogram = Histogram(f"trunkline_{name}_seconds", documentation, labels, buckets=buckets, registry=registry)
    return functools.cache(histogram.labels)
