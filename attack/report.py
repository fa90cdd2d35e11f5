"""The verdict of a run, for people and for programs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.table import Table

from attack.caller import UNAVAILABLE, is_bad
from attack.plan import LOG_LINES, MAY_BE_REFUSED, REFUSED_SHARE, Plan
from attack.run import Observed, Thrown
from attack.watch import peak_megabytes, slowest

MAX_EXAMPLES = 5
SHOWN_EVENTS = 6


@frozen(kw_only=True)
class Bound:
    """What was measured, and what is allowed. `examples` help to find the cause."""

    name: str
    found: float
    allowed: float
    unit: str = ""
    examples: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        return self.found <= self.allowed


@frozen(kw_only=True)
class Report:
    plan: Plan
    observed: Observed

    @property
    def bounds(self) -> tuple[Bound, ...]:
        return (*self._answers(), *self._resources(), *self._honesty(), *self._discretion())

    @property
    def kept(self) -> bool:
        return all(bound.kept for bound in self.bounds)

    def _answers(self) -> Iterator[Bound]:
        """A 503 with Retry-After is expected where a budget is the target of the attack.

        Elsewhere only few are allowed.
        """
        thrown = self.observed.thrown
        bad = Counter({name: count for name, count in self._all_answers(thrown).items() if is_bad(name)})
        server_errors = sum(count for name, count in bad.items() if name.startswith("5"))
        others = [family for family in thrown if family.family not in MAY_BE_REFUSED]
        refused = self._all_answers(others)[UNAVAILABLE]
        allowed = sum(family.count for family in others) * REFUSED_SHARE * self.plan.patience
        examples = self._examples()
        yield Bound(
            name="answers 5xx, other than 503 with Retry-After", found=server_errors, allowed=0, examples=examples
        )
        yield Bound(name="answers 503 with Retry-After", found=refused, allowed=round(allowed), examples=examples)
        silent = sum(bad.values()) - server_errors
        yield Bound(name="requests without an answer", found=silent, allowed=0, examples=examples)
        missing = sum(family.planned - family.count for family in thrown)
        yield Bound(name="inputs not sent in time", found=missing, allowed=0)
        failures = self.observed.failures
        yield Bound(name="/livez not answered 200", found=len(failures), allowed=0, examples=tuple(failures))

    def _all_answers(self, thrown: Sequence[Thrown]) -> Counter[str]:
        return sum((family.answers for family in thrown), Counter())

    def _examples(self) -> tuple[str, ...]:
        """The worst responses first, with the beginning of the input."""
        named = [
            (name.endswith(UNAVAILABLE), f"{thrown.family}: {name}: {example}")
            for thrown in self.observed.thrown
            for name, examples in thrown.tally["examples"].items()
            for example in examples[:2]
        ]
        return tuple(example for _, example in sorted(named))

    def _resources(self) -> Iterator[Bound]:
        seen, bounds = self.observed, self.plan.bounds
        stall, peak = slowest(seen.probes).stall, peak_megabytes(seen.probes)
        lines = sum(thrown.planned * LOG_LINES[thrown.family] for thrown in seen.thrown)
        events = tuple(f"{count} x {event}" for event, count in seen.log.events.most_common(SHOWN_EVENTS))
        yield Bound(name="longest stall", found=round(stall * 1000), allowed=bounds.stall_seconds * 1000, unit="ms")
        yield Bound(
            name="most memory above idle", found=round(peak - seen.idle), allowed=bounds.memory_megabytes, unit="MB"
        )
        yield Bound(
            name="memory not released", found=round(seen.left - seen.idle), allowed=bounds.kept_megabytes, unit="MB"
        )
        yield Bound(name="log lines beside those of turns", found=seen.log.count, allowed=round(lines), examples=events)
        yield Bound(
            name="log lines at error, or none at all",
            found=len(seen.log.errors),
            allowed=0,
            examples=tuple(seen.log.errors),
        )
        yield Bound(
            name="service ended by itself, or did not end when stopped", found=seen.fell + (not seen.ended), allowed=0
        )

    def _honesty(self) -> Iterator[Bound]:
        seen = self.observed
        refused = {name: count for name, count in seen.honest.answers.items() if name not in ("200", UNAVAILABLE)}
        named = tuple(f"{name}: {count}" for name, count in refused.items())
        yield Bound(name="honest messages neither 200 nor 503", found=sum(refused.values()), allowed=0, examples=named)
        for name, found in (
            ("lost", seen.audit.lost),
            ("doubled", seen.audit.doubled),
            ("out of order", seen.audit.out_of_order),
        ):
            yield Bound(name=f"honest messages {name}", found=len(found), allowed=0, examples=tuple(found))
        allowed = self.plan.bounds.honest_seconds
        yield Bound(name="slowest honest answer", found=round(seen.audit.slowest_seconds, 1), allowed=allowed, unit="s")

    def _discretion(self) -> Iterator[Bound]:
        seen = self.observed
        leaks = tuple(f"{thrown.family}: {kind}" for thrown in seen.thrown for kind in thrown.tally["leaks"])
        sent = tuple(map(str, seen.outside["leaks"]))
        yield Bound(name="secrets or texts in responses", found=len(leaks), allowed=0, examples=leaks)
        yield Bound(name="secrets sent to people", found=len(sent), allowed=0, examples=sent)
        yield Bound(name="a person's block carried out", found=len(seen.outside["offers"]), allowed=0)
        yield Bound(
            name="secrets, texts or numbers in the log",
            found=len(seen.log.private),
            allowed=0,
            examples=tuple(seen.log.private),
        )
        yield Bound(
            name="control characters in the log", found=len(seen.log.raw), allowed=0, examples=tuple(seen.log.raw)
        )

    def as_json(self) -> dict[str, Any]:
        seen = self.observed
        return {
            **self.plan.as_json(),
            "kept": self.kept,
            "took_seconds": round(seen.took, 1),
            "idle_megabytes": round(seen.idle),
            "families": {thrown.family: self._family(thrown.family) for thrown in seen.thrown},
            "honest": {
                "messages": len(seen.honest.posted),
                "answers": dict(seen.honest.answers),
                "slowest_200_seconds": seen.honest.slowest_seconds,
            },
            "outside": {"sent": seen.outside["sent"], "calls": seen.outside["calls"]},
            "bounds": {
                bound.name: {
                    "found": bound.found,
                    "allowed": bound.allowed,
                    "kept": bound.kept,
                    "examples": [example[:500] for example in bound.examples[:MAX_EXAMPLES]],
                }
                for bound in self.bounds
            },
        }

    def _family(self, name: str) -> Mapping[str, Any]:
        thrown = next(thrown for thrown in self.observed.thrown if thrown.family == name)
        longest = slowest(thrown.probes)
        return {
            "inputs": thrown.count,
            "seconds": round(thrown.seconds, 1),
            "answers": dict(sorted(thrown.answers.items())),
            "to_honest_people": dict(thrown.honest),
            "longest_stall_ms": round(longest.stall * 1000),
            "starved_ms": round(longest.starved * 1000),
            "peak_megabytes": round(peak_megabytes(thrown.probes)),
            "kinds": thrown.tally["answers"],
        }

    def show(self, console: Console) -> None:
        seen = self.observed
        table = Table("family", "inputs", "s", "answers", "longest stall, ms", "peak, MB")
        for thrown in seen.thrown:
            answers = ", ".join(f"{answer}: {count}" for answer, count in sorted(thrown.answers.items()))
            longest, peak = slowest(thrown.probes), peak_megabytes(thrown.probes)
            stall = f"{longest.stall * 1000:.0f} (and {longest.starved * 1000:.0f} without a core)"
            cells = (thrown.count, round(thrown.seconds), answers, stall, round(peak))
            table.add_row(thrown.family, *map(str, cells))
        console.print(table)
        verdict = Table("", "found", "allowed", "")
        for bound in self.bounds:
            verdict.add_row(
                bound.name,
                f"{bound.found:g} {bound.unit}",
                f"{bound.allowed:g} {bound.unit}",
                "kept" if bound.kept else "BROKEN",
            )
        console.print(verdict)
        total = sum(thrown.count for thrown in seen.thrown)
        console.print(
            f"{total:,} inputs and {len(seen.honest.posted):,} honest messages in {seen.took:.0f} s; "
            f"the slowest 200 to one took {seen.honest.slowest_seconds:.1f} s; "
            f"the idle service has {seen.idle:.0f} MB; it was settled after {seen.settled_seconds:.0f} s",
            highlight=False,
        )
        for bound in self.bounds:
            if not bound.kept:
                for example in bound.examples[:MAX_EXAMPLES]:
                    console.print(f"{bound.name}: {example[:300]!r}", highlight=False, markup=False)
