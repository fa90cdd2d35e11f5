"""The results, for people."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs
from rich.console import Console
from rich.table import Table

from bench.figures import PERCENTILES, Figures
from bench.parts import SLOW_RATE, STORING_RATE, PartResults
from bench.trip import META_RATE, RATE, TripResults

# Of each row: its name, our figure, the other one, and the format of both.
type Rows = Iterator[tuple[str, float, float, str]]


@attrs.frozen(kw_only=True)
class Results:
    """All figures of one run. Times are in milliseconds."""

    machine: Mapping[str, str]
    trip: TripResults
    parts: PartResults | None
    peers_jobs_per_second: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        return attrs.asdict(self)

    def show(self) -> None:
        console = Console()
        console.print(*(f"{name}: {fact}" for name, fact in self.machine.items()), sep="\n", highlight=False)
        _compare(console, "The whole trip over HTTP, beside a webhook of the baseline", _trip(self.trip))
        _compare(console, "The same, beside the bare trip", _trip(self.trip, beside="bare_trip"), beside="bare trip")
        backlog = self.trip.backlog
        console.print(
            f"{backlog['messages']:,.0f} messages wait for Meta's {META_RATE:.0f}/s, {RATE}/s come in: "
            f"{backlog['share_of_a_core']:.0%} of a core, {backlog['answers_per_second']:.0f} answers/s, "
            f"p50 {backlog['p50']:.2f} ms and p99 {backlog['p99']:.2f} ms to the 200",
            highlight=False,
        )
        if self.parts:
            _show_parts(console, self.parts)
        for peer, jobs in self.peers_jobs_per_second.items():
            console.print(f"{peer}, jobs that do nothing: {jobs:,.0f}/s of one worker process", highlight=False)


def _show_parts(console: Console, parts: PartResults) -> None:
    _compare(console, "Parts of it with stand-ins, beside the baseline", _parts(parts))
    alone = Table("", "p50", "p90", "p99", "max", title="Ours alone, in ms")
    for name, figures in _alone(parts):
        alone.add_row(name, *(f"{figures[share]:.2f}" for share in ("p50", "p90", "p99", "max")))
    console.print(alone)
    at_once = parts.many_at_once
    console.print(
        f"Turns answered by one worker process: {parts.turns_per_second:,.0f}/s; "
        f"by the mailbox alone: {parts.mailbox_turns_per_second:,.0f}/s",
        f"Its peak with {at_once['conversations']:,.0f} turns under way: {at_once['peak_megabytes']:.0f} MB; "
        f"longest stall of its event loop: {at_once['stall']:.0f} ms",
        sep="\n",
        highlight=False,
    )


def _compare(console: Console, title: str, rows: Rows, *, beside: str = "baseline") -> None:
    table = Table("", "ours", beside, "ratio", title=title)
    for name, ours, other, form in rows:
        table.add_row(name, form.format(ours), form.format(other), f"{ours / other:.2f}")
    console.print(table)


def _trip(trip: TripResults, *, beside: Literal["baseline", "bare_trip"] = "baseline") -> Rows:
    steady, flooded = trip.at_rate.ours, trip.flooded.ours
    other_steady, other_flooded = getattr(trip.at_rate, beside), getattr(trip.flooded, beside)
    for cost, whose in (("processor_us", "process"), ("store_us", "store")):
        yield f"a message at {RATE}/s, its {whose}", steady[cost], other_steady[cost], "{:,.0f} us"
    yield f"wake-ups for a message at {RATE}/s", steady["wake_ups"], other_steady["wake_ups"], "{:.1f}"
    for share in PERCENTILES:
        yield f"{share} to the 200 at {RATE}/s", steady[share], other_steady[share], "{:.2f} ms"
    for cost, whose in (("processor_us", "process"), ("store_us", "store")):
        yield f"a message in a flood, its {whose}", flooded[cost], other_flooded[cost], "{:,.0f} us"
    most = "messages_per_second"
    yield "messages/s in a flood", flooded[most], other_flooded[most], "{:,.0f}"


def _parts(parts: PartResults) -> Rows:
    for batch, found in parts.messages_per_second.items():
        ours, baseline = found.ours["messages_per_second"], found.baseline["messages_per_second"]
        yield f"messages stored/s, webhooks of {batch}", ours, baseline, "{:,.0f}"
    for share, milliseconds in parts.to_200.ours.items():
        yield f"{share} to the 200 at {STORING_RATE}/s", milliseconds, parts.to_200.baseline[share], "{:.2f} ms"


def _alone(parts: PartResults) -> Iterator[tuple[str, Figures]]:
    yield f"from due to the agent call, {STORING_RATE}/s", parts.to_agent["from_due"]
    yield f"from the 200 to the agent call, {STORING_RATE}/s", parts.to_agent["from_200"]
    waiting = parts.to_200_while_agent_takes_20_s["calls_under_way"]
    name = f"to the 200, {SLOW_RATE}/s, {waiting:.0f} agent calls of 20 s under way"
    yield name, parts.to_200_while_agent_takes_20_s
    name = f"worker's start to the replies, {parts.many_at_once['conversations']:,.0f} at once, agent takes 2 s"
    yield name, parts.many_at_once
