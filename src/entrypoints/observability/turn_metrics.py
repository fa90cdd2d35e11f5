"""The metrics of turns: what workers and use cases measure."""

from collections.abc import Mapping
from functools import partial

from domain.conversations.outcome import Outcome
from domain.conversations.usage import Usage
from entrypoints.observability.bounded_label import BoundedLabel
from entrypoints.observability.measures import Counter, Gauge, Histogram, Measure

AGENT_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 60.0)
END_TO_END_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
SEND_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
WAIT_SECONDS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
NOT_FAILED = frozenset({"sent", "cancelled"})


class TurnMetrics:
    """The adapter of the port `Measurements`, and what the worker counts. Its parts are added to `measures`."""

    def __init__(self, measures: list[Measure]) -> None:
        counter, gauge, histogram = partial(Counter, measures), partial(Gauge, measures), partial(Histogram, measures)
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
        self._events_waiting = gauge(
            "waiting_events", "Events that were read for a receiver and that it has not taken yet.", "webhook"
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
        self._in_flight = gauge("turns_in_flight", "Turns that workers have now.", "channel")
        self._places = gauge("turn_places", "How many turns the workers may have at once.")
        self._code = BoundedLabel()
        self._agent = BoundedLabel()
        self._model = BoundedLabel()
        self._channels: set[str] = set()

    def expect(self, *, channel: str) -> None:
        """Show the counters that alerts watch from zero on: Prometheus takes the first value for no increase."""
        self._channels.add(channel)
        self._takeovers.expect(channel)
        self._limited.expect(channel)
        self._turns.expect(channel, Outcome.FAILED)

    def places(self, count: int) -> None:
        """Say how many turns this process may have at once."""
        self._places.set(count)

    def in_flight(self, turns: Mapping[str, int]) -> None:
        """Say how many turns of each channel this process has now. Channels that are not named have none."""
        self._channels.update(turns)
        for channel in self._channels:
            self._in_flight.set(turns.get(channel, 0), channel)

    def taken_over(self, *, channel: str) -> None:
        self._takeovers.inc(channel)

    def ended(self, outcome: Outcome, *, channel: str) -> None:
        self._turns.inc(channel, outcome)

    def abandoned(self, reason: str, *, channel: str) -> None:
        self._abandoned.inc(channel, reason)

    def agent_run(self, *, channel: str, runtime: str, agent: str, outcome: str, seconds: float) -> None:
        # An agent may hand over to any name.
        self._agent_seconds.observe(seconds, channel, runtime, self._agent(agent), outcome)

    def answered(self, *, channel: str, seconds: float) -> None:
        self._end_to_end.observe(seconds, channel)

    def sent(self, *, channel: str, outcome: str, code: str, seconds: float) -> None:
        self._send_seconds.observe(seconds, channel, outcome)
        if outcome not in NOT_FAILED:
            self._send_failures.inc(channel, outcome, self._code(code))

    def used(self, *, channel: str, usage: Usage) -> None:
        agent = self._agent(usage.agent)
        for used in usage.models:
            model = self._model(used.model)
            self._tokens.inc(channel, agent, model, "in", by=used.tokens_in)
            self._tokens.inc(channel, agent, model, "out", by=used.tokens_out)
            self._cost.inc(channel, agent, model, by=used.cost)

    def limited(self, *, channel: str, messages: int) -> None:
        self._limited.inc(channel, by=messages)

    def proposal(self, *, channel: str, outcome: str) -> None:
        self._proposals.inc(channel, outcome)

    def webhook(self, *, webhook: str, outcome: str) -> None:
        self._webhook_posts.inc(webhook, outcome)

    def events_waiting(self, *, receiver: str, events: int) -> None:
        self._events_waiting.set(events, receiver)

    def send_rate_wait(self, *, channel: str, seconds: float) -> None:
        self._waits.observe(seconds, channel)
