"""The result of a run, for people and for programs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, field, frozen
from rich.console import Console
from rich.table import Table

from chaos.audit import Audit
from chaos.plan import LEASE_SECONDS, Plan
from chaos.repeats import max_sent_twice
from chaos.run import Observed
from chaos.sender import DISCONNECTED, OK, UNAVAILABLE

EXAMPLES = 5
# A machine that stalls this process for longer also makes workers miss renewals, and nothing shows which ones.
CALM_SECONDS = LEASE_SECONDS / 3


@frozen(kw_only=True)
class Promise:
    """The violations of a promise, and how many are allowed (None: any number)."""

    name: str
    found: Sequence[str]
    allowed: int | None = 0

    @property
    def kept(self) -> bool:
        return self.allowed is None or len(self.found) <= self.allowed


@frozen(kw_only=True)
class Report:
    plan: Plan
    observed: Observed
    audit: Audit = field()

    @audit.default
    def _audit(self) -> Audit:
        return Audit(self.observed.evidence)

    @property
    def messages(self) -> int:
        return len(self.observed.evidence.taken)

    @property
    def promises(self) -> tuple[Promise, ...]:
        audit, observed = self.audit, self.observed
        expected = (OK, UNAVAILABLE, DISCONNECTED)
        wrong = [answer for answer in observed.answers.elements() if answer not in expected]
        return (
            Promise(name="not accepted", found=audit.not_accepted()),
            Promise(name="lost", found=audit.lost()),
            Promise(name="out of order", found=audit.out_of_order()),
            Promise(name="answered twice", found=audit.answered_twice()),
            Promise(name="proposed twice", found=audit.proposed_twice()),
            Promise(name="proposals lost", found=audit.proposals_lost()),
            Promise(
                name="sent twice, without a cause",
                found=audit.repeats.without_cause(),
                allowed=None if observed.evidence.stall > CALM_SECONDS else 0,
            ),
            Promise(name="sent twice, though confirmed", found=audit.repeats.though_confirmed()),
            Promise(
                name="sent twice, confirmation in time",
                found=audit.repeats.though_confirmed_in_time(),
                allowed=max_sent_twice(self.messages),
            ),
            Promise(name="sent twice, all in all", found=audit.repeats.all(), allowed=None),
            Promise(name="stuck", found=audit.stuck()),
            Promise(name="keys left", found=audit.keys_left()),
            Promise(name="webhooks answered late, or neither 200 nor 503", found=wrong),
            Promise(name="processes that ended by themselves or did not stop", found=observed.fallen),
            Promise(name="errors logged", found=observed.errors),
        )

    @property
    def kept(self) -> bool:
        return all(promise.kept for promise in self.promises)

    @property
    def figures(self) -> dict[str, Any]:
        evidence, observed = self.observed.evidence, self.observed
        incidents = [incident.fault.value for incident in evidence.incidents]
        return {
            "messages": self.messages,
            "parts sent": len(evidence.sends),
            "sends left unanswered": sum(not send.answered for send in evidence.sends),
            "turns": len(evidence.runs),
            "proposals": len(evidence.leftovers.proposals),
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
        table = Table("", "found", "of messages", "allowed", "")
        for promise in self.promises:
            share = f"{100 * len(promise.found) / max(1, self.messages):.3f} %"
            allowed = "any" if promise.allowed is None else str(promise.allowed)
            table.add_row(promise.name, str(len(promise.found)), share, allowed, "kept" if promise.kept else "BROKEN")
        console.print(table)
        for promise in self.promises:
            for example in promise.found[:EXAMPLES]:
                console.print(f"{promise.name}: {example}", highlight=False, markup=False)
