"""The result of a run, for people and for programs."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen
from rich.console import Console
from rich.table import Table

from chaos.audit import Audit
from chaos.plan import LEASE_SECONDS, Channel, Plan
from chaos.repeats import max_sent_twice
from chaos.run import Observed
from chaos.sender import DISCONNECTED, OK, UNAVAILABLE

EXAMPLES = 5
# A machine that stalls this process for longer also makes workers miss renewals, and nothing shows which ones.
CALM_SECONDS = LEASE_SECONDS / 3


@frozen(kw_only=True)
class Promise:
    """The violations of a promise, how many are allowed (None: any number), and how many there are of each channel."""

    name: str
    found: Sequence[str]
    allowed: int | None = 0
    by_channel: Mapping[str, int] = field(factory=dict)

    @property
    def kept(self) -> bool:
        return self.allowed is None or len(self.found) <= self.allowed


@frozen(kw_only=True)
class Report:
    plan: Plan
    observed: Observed
    audit: Audit = field()
    by_channel: Mapping[Channel, Audit] = field()

    @audit.default
    def _audit(self) -> Audit:
        return Audit(self.observed.evidence)

    @by_channel.default
    def _by_channel(self) -> Mapping[Channel, Audit]:
        return {channel: Audit(self.observed.evidence.of(channel)) for channel in self.plan.channels}

    @property
    def messages(self) -> int:
        return len(self.observed.evidence.taken)

    @property
    def promises(self) -> tuple[Promise, ...]:
        observed, calm = self.observed, self.observed.evidence.stall <= CALM_SECONDS
        expected = (OK, UNAVAILABLE, DISCONNECTED)
        wrong = [answer for answer in observed.answers.elements() if answer not in expected]
        return (
            self._of_messages("not accepted", Audit.not_accepted),
            self._of_messages("lost", Audit.lost),
            self._of_messages("out of order", Audit.out_of_order),
            self._of_messages("answered twice", Audit.answered_twice),
            self._of_messages("proposed twice", Audit.proposed_twice),
            self._of_messages("proposals lost", Audit.proposals_lost),
            self._of_messages("hand-offs lost", Audit.handoffs_lost),
            self._of_messages(
                "sent twice, without a cause",
                lambda audit: audit.repeats.without_cause(),
                allowed=0 if calm else None,
            ),
            self._of_messages("sent twice, though confirmed", lambda audit: audit.repeats.though_confirmed()),
            self._of_messages(
                "sent twice, confirmation in time",
                lambda audit: audit.repeats.though_confirmed_in_time(),
                allowed=max_sent_twice(self.messages),
            ),
            self._of_messages("sent twice, all in all", lambda audit: audit.repeats.all(), allowed=None),
            Promise(name="stuck", found=self.audit.stuck()),
            Promise(name="keys left", found=self.audit.keys_left()),
            Promise(name="webhooks answered late, or neither 200 nor 503", found=wrong),
            Promise(name="processes that ended by themselves or did not stop", found=observed.fallen),
            Promise(name="errors logged", found=observed.errors),
        )

    def _of_messages(self, name: str, find: Callable[[Audit], Sequence[str]], *, allowed: int | None = 0) -> Promise:
        by_channel = {channel.value: len(find(audit)) for channel, audit in self.by_channel.items()}
        return Promise(name=name, found=find(self.audit), allowed=allowed, by_channel=by_channel)

    @property
    def kept(self) -> bool:
        return all(promise.kept for promise in self.promises)

    @property
    def figures(self) -> dict[str, Any]:
        evidence, observed = self.observed.evidence, self.observed
        incidents = [incident.fault.value for incident in evidence.incidents]
        return {
            "messages": self.messages,
            "messages by channel": {channel.value: len(its.evidence.taken) for channel, its in self.by_channel.items()},
            "parts sent by channel": {channel.value: len(its.sends) for channel, its in self.by_channel.items()},
            "parts sent": len(evidence.sends),
            "sends left unanswered by channel": {
                channel.value: sum(not send.answered for send in its.sends) for channel, its in self.by_channel.items()
            },
            "turns": len(evidence.runs),
            "proposals": len(evidence.leftovers.proposals),
            "hand-offs": self.audit.handoffs(),
            "turns whose agent ran again": self.audit.run_again(),
            "faults": {fault: incidents.count(fault) for fault in sorted(set(incidents))},
            "webhook answers": dict(sorted(observed.answers.items())),
            "slowest of them, s": {answer: round(seconds, 1) for answer, seconds in sorted(observed.slowest.items())},
            "causes of what was sent twice": dict(self.audit.repeats.causes()),
            "dead letters": dict(self.audit.reasons()),
            "settled after, s": round(observed.settled_after, 1),
            "took, s": round(observed.took, 1),
            "longest stall of Meta and the agent, s": round(evidence.stall, 1),
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "seed": self.plan.seed,
            "echo": self.plan.echo,
            "kept": self.kept,
            "figures": self.figures,
            "promises": {
                promise.name: {
                    "found": len(promise.found),
                    "allowed": promise.allowed,
                    "by channel": dict(promise.by_channel),
                    "examples": list(promise.found[:EXAMPLES]),
                }
                for promise in self.promises
            },
        }

    def keep(self, directory: Path) -> None:
        """Write every send and every incident to a file, to find the cause."""
        evidence = self.observed.evidence
        document = {
            "incidents": [asdict(incident) for incident in evidence.incidents],
            "sends": [asdict(send) for send in self.audit.sends],
        }
        (directory / "evidence.json").write_text(json.dumps(document, indent=1))

    def show(self, console: Console) -> None:
        for name, figure in self.figures.items():
            console.print(f"{name}: {figure}", highlight=False)
        channels = [channel.value for channel in self.plan.channels]
        table = Table("", "found", *(f"on {channel}" for channel in channels), "of messages", "allowed", "")
        for promise in self.promises:
            share = f"{100 * len(promise.found) / max(1, self.messages):.3f} %"
            allowed = "any" if promise.allowed is None else str(promise.allowed)
            each = [str(promise.by_channel.get(channel, "")) for channel in channels]
            verdict = "kept" if promise.kept else "BROKEN"
            table.add_row(promise.name, str(len(promise.found)), *each, share, allowed, verdict)
        console.print(table)
        for promise in self.promises:
            for example in promise.found[:EXAMPLES]:
                console.print(f"{promise.name}: {example}", highlight=False, markup=False)
