"""What became of every message, and whether that is what was promised."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from attrs import define, frozen

from chaos.agent import read
from chaos.faults import Incident
from chaos.leftovers import Leftovers
from chaos.meta import Send
from chaos.plan import Written
from chaos.repeats import Repeats
from chaos.sender import Taken


@frozen(kw_only=True)
class Evidence:
    """Everything that was seen. `runs`: turn id -> the message numbers each run of the agent was given.

    `unconfirmed_attempts`: turns of which a worker logged that a send had no response. `stall`: for
    how long, in seconds, Meta and the agent were kept waiting by the machine.
    """

    taken: Mapping[Written, Taken]
    sends: Sequence[Send]
    runs: Mapping[str, Sequence[Sequence[int]]]
    incidents: Sequence[Incident]
    leftovers: Leftovers
    unconfirmed_attempts: frozenset[str] = frozenset()
    stall: float = 0.0


@frozen(kw_only=True)
class Said:
    """A message appears in something that was sent."""

    message: Written
    turn: str
    run: int


@define(slots=False)
class Audit:
    """Each finding is a sentence; none is good."""

    evidence: Evidence

    @cached_property
    def sends(self) -> list[Send]:
        return sorted(self.evidence.sends, key=lambda send: send.at)

    @cached_property
    def said(self) -> list[Said]:
        """In the order it was said."""
        return [
            Said(
                message=Written(person=send.person, number=heard.number),
                turn=send.turn,
                run=heard.run,
            )
            for send in self.sends
            for heard in read(send.body)
        ]

    def not_taken(self) -> list[str]:
        """No web process ever said 200."""
        return [message.id for message, taken in self.evidence.taken.items() if taken.acknowledged is None]

    def lost(self) -> list[str]:
        """Answered 200, and yet in nothing that was sent, nor with the operator."""
        kept = self.evidence.leftovers.dead_messages | {said.message.id for said in self.said}
        taken = self.evidence.taken
        return [message.id for message in taken if taken[message].acknowledged and message.id not in kept]

    def out_of_order(self) -> list[str]:
        """Answered before one that was taken in earlier, or before an earlier one of the same turn."""
        return [*self._overtaken(), *self._shuffled()]

    def _overtaken(self) -> Iterator[str]:
        places: dict[str, dict[int, int]] = defaultdict(dict)
        for place, said in enumerate(self.said):
            places[said.message.person].setdefault(said.message.number, place)
        for person, place_of in places.items():
            for number, place in place_of.items():
                later = Written(person=person, number=number)
                for earlier in range(number):
                    if place < place_of.get(earlier, -1) and self._came_first(earlier, later):
                        yield f"{later.id} before {earlier}"

    def _came_first(self, earlier: int, later: Written) -> bool:
        """Whether the service had said 200 to the earlier one before it was given the later one."""
        taken = self.evidence.taken
        said_yes = taken[Written(person=later.person, number=earlier)].acknowledged
        return said_yes is not None and said_yes < taken[later].posted

    def _shuffled(self) -> Iterator[str]:
        for turn, runs in self.evidence.runs.items():
            if any(numbers != sorted(numbers) for numbers in runs):
                yield f"within turn {turn}: {runs}"

    def answered_twice(self) -> list[str]:
        """In two turns, or by two runs of the agent; no crash excuses that, for the reply is kept before it is sent."""
        answers: defaultdict[Written, set[tuple[str, int]]] = defaultdict(set)
        for said in self.said:
            answers[said.message].add((said.turn, said.run))
        return [f"{message.id}: {sorted(turns)}" for message, turns in answers.items() if len(turns) > 1]

    @cached_property
    def repeats(self) -> Repeats:
        seen = self.evidence
        return Repeats(
            sends=self.sends, incidents=seen.incidents, unconfirmed_attempts=seen.unconfirmed_attempts, stall=seen.stall
        )

    def run_again(self) -> int:
        """Runs of the agent beyond the first of each turn."""
        return sum(len(runs) - 1 for runs in self.evidence.runs.values())

    def stuck(self) -> list[str]:
        left = self.evidence.leftovers
        counts = {"queued": left.queued, "leased": left.leased}
        return [*left.tokens, *(f"{count} {name}" for name, count in counts.items() if count)]

    def keys_left(self) -> list[str]:
        return [f"{count} of {kind}" for kind, count in self.evidence.leftovers.unexpected.items()]

    def reasons(self) -> Counter[str]:
        return Counter(letter.reason for letter in self.evidence.leftovers.dead)
