"""The results, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

from bench.measures import RATE, SLOW_RATE, Compared, Figures


@attrs.frozen(kw_only=True)
class Results:
    """All figures of one run. Times are in milliseconds."""

    machine: Mapping[str, str]
    callers: int
    messages_per_second: Mapping[int, Compared]
    to_200: Compared
    to_agent: Mapping[str, Figures]
    turns_per_second: float
    mailbox_turns_per_second: float
    to_200_while_agent_takes_20_s: Figures
    many_at_once: Figures

    def as_json(self) -> dict[str, Any]:
        return attrs.asdict(self)

    def show(self) -> None:
        console = Console()
        console.print(*(f"{name}: {fact}" for name, fact in self.machine.items()), sep="\n", highlight=False)
        table = Table("", "ours", "baseline", "ratio", title="Beside the baseline")
        for row in self._compared():
            table.add_row(*row)
        console.print(table)
        alone = Table("", "p50", "p90", "p99", "max", title="Ours alone, in ms")
        for name, figures in self._alone():
            alone.add_row(name, *(f"{figures[share]:.2f}" for share in ("p50", "p90", "p99", "max")))
        console.print(alone)
        at_once = self.many_at_once
        console.print(
            f"Turns answered by one worker process: {self.turns_per_second:,.0f}/s; "
            f"by the mailbox alone: {self.mailbox_turns_per_second:,.0f}/s",
            f"Its peak with {at_once['conversations']:,.0f} turns under way: {at_once['peak_megabytes']:.0f} MB; "
            f"longest stall of its event loop: {at_once['stall']:.0f} ms",
            sep="\n",
            highlight=False,
        )

    def _compared(self) -> Iterator[tuple[str, str, str, str]]:
        for batch, found in self.messages_per_second.items():
            ours, baseline = found.ours["messages_per_second"], found.baseline["messages_per_second"]
            name = f"messages stored/s, {self.callers} callers, webhooks of {batch}"
            yield name, f"{ours:,.0f}", f"{baseline:,.0f}", f"{ours / baseline:.2f}"
        for share, ours in self.to_200.ours.items():
            baseline = self.to_200.baseline[share]
            yield f"{share} to the 200 at {RATE}/s", f"{ours:.2f} ms", f"{baseline:.2f} ms", f"{ours / baseline:.2f}"

    def _alone(self) -> Iterator[tuple[str, Figures]]:
        yield f"from due to the agent call, {RATE}/s", self.to_agent["from_due"]
        yield f"from the 200 to the agent call, {RATE}/s", self.to_agent["from_200"]
        waiting = self.to_200_while_agent_takes_20_s["calls_under_way"]
        name = f"to the 200, {SLOW_RATE}/s, {waiting:.0f} agent calls of 20 s under way"
        yield name, self.to_200_while_agent_takes_20_s
        name = f"worker's start to the replies, {self.many_at_once['conversations']:,.0f} at once, agent takes 2 s"
        yield name, self.many_at_once
