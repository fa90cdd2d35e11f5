"""What became of every message, and whether the promises were kept."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from attrs import define, evolve, frozen

from chaos.agent import Call, parse_answer
from chaos.faults import Incident
from chaos.handoffs import handoffs_lost
from chaos.leftovers import Leftovers
from chaos.meta import Send
from chaos.plan import Channel, Written
from chaos.repeats import Repeats
from chaos.sender import Acceptance


@frozen(kw_only=True)
class Evidence:
    """Everything that was seen.

    `runs`: turn id -> the message numbers that each run of the agent got. `calls`: the same runs, in order, with their
    agents. `unconfirmed_attempts`: the turns of which a worker logged that a send had no response. `stall`: for how
    many seconds the machine stopped Meta and the agent.
    """

    taken: Mapping[Written, Acceptance]
    sends: Sequence[Send]
    runs: Mapping[str, Sequence[Sequence[int]]]
    incidents: Sequence[Incident]
    leftovers: Leftovers
    calls: Sequence[Call] = ()
    unconfirmed_attempts: frozenset[str] = frozenset()
    stall: float = 0.0

    def of(self, channel: Channel) -> "Evidence":
        """What was seen of one channel, as far as it is about messages."""
        sends = [send for send in self.sends if send.channel is channel]
        turns = {send.turn for send in sends}
        proposals = [each for each in self.leftovers.proposals if each.conversation.channel == channel]
        return evolve(
            self,
            taken={message: taken for message, taken in self.taken.items() if message.channel is channel},
            sends=sends,
            runs={turn: runs for turn, runs in self.runs.items() if turn in turns},
            leftovers=evolve(self.leftovers, proposals=tuple(proposals)),
            calls=[call for call in self.calls if call.channel == channel],
        )


@frozen(kw_only=True)
class AnswerPart:
    """Something that was sent answers a message."""

    message: Written
    turn: str
    run: int


@define(slots=False)
class Audit:
    """Each method returns the violations of one promise, a sentence each."""

    evidence: Evidence

    @cached_property
    def sends(self) -> list[Send]:
        return sorted(self.evidence.sends, key=lambda send: send.at)

    @cached_property
    def answers(self) -> list[AnswerPart]:
        """In the order in which they were sent."""
        return [
            AnswerPart(
                message=Written(person=send.person, number=answered.number, channel=send.channel),
                turn=send.turn,
                run=answered.run,
            )
            for send in self.sends
            for answered in parse_answer(send.body)
        ]

    def not_accepted(self) -> list[str]:
        """No web process ever answered 200."""
        return [message.id for message, taken in self.evidence.taken.items() if taken.acknowledged is None]

    def lost(self) -> list[str]:
        """Answered 200, but neither answered by the agent nor in a dead letter."""
        kept = self.evidence.leftovers.dead_messages | {answer.message.id for answer in self.answers}
        taken = self.evidence.taken
        return [message.id for message in taken if taken[message].acknowledged and message.id not in kept]

    def out_of_order(self) -> list[str]:
        """Answered before a message that was accepted earlier, or before an earlier one of the same turn."""
        return [*self._overtaken(), *self._shuffled()]

    def _overtaken(self) -> Iterator[str]:
        places: dict[tuple[Channel, str], dict[int, int]] = defaultdict(dict)
        for place, answer in enumerate(self.answers):
            written = answer.message
            places[written.channel, written.person].setdefault(written.number, place)
        for (channel, person), place_of in places.items():
            for number, place in place_of.items():
                later = Written(person=person, number=number, channel=channel)
                for earlier in range(number):
                    if place < place_of.get(earlier, -1) and self._came_first(earlier, later):
                        yield f"{later.id} before {earlier}"

    def _came_first(self, earlier: int, later: Written) -> bool:
        """Whether the earlier one was answered 200 before the later one was posted."""
        taken = self.evidence.taken
        acknowledged = taken[evolve(later, number=earlier)].acknowledged
        return acknowledged is not None and acknowledged < taken[later].posted

    def _shuffled(self) -> Iterator[str]:
        for turn, runs in self.evidence.runs.items():
            if any(numbers != sorted(numbers) for numbers in runs):
                yield f"within turn {turn}: {runs}"

    def answered_twice(self) -> list[str]:
        """Answered in two turns, or by two runs of the agent. No crash explains it: replies are stored first."""
        runs: defaultdict[Written, set[tuple[str, int]]] = defaultdict(set)
        for answer in self.answers:
            runs[answer.message].add((answer.turn, answer.run))
        return [f"{message.id}: {sorted(turns)}" for message, turns in runs.items() if len(turns) > 1]

    def proposed_twice(self) -> list[str]:
        """Turns of which more than one proposal is kept. Each run of the agent makes one."""
        turns = Counter(proposal.turn_id for proposal in self.evidence.leftovers.proposals)
        return [f"turn {turn}: {count} times" for turn, count in turns.items() if count > 1]

    def proposals_lost(self) -> list[str]:
        """Turns whose answer was sent, but not the proposal of the same run kept."""
        kept = {
            (proposal.turn_id, json.loads(proposal.action.arguments)["run"])
            for proposal in self.evidence.leftovers.proposals
        }
        return [
            f"turn {turn}, run {run}"
            for turn, run in sorted({(answer.turn, answer.run) for answer in self.answers} - kept)
        ]

    def handoffs_lost(self) -> list[str]:
        """Turns that another agent ran than the one to which the turn before handed over."""
        answered = {(answer.turn, answer.run) for answer in self.answers}
        return handoffs_lost(self.evidence.calls, answered=answered)

    def handoffs(self) -> int:
        """Hand-offs that took effect: of each turn, the one of the run whose answer was sent."""
        answered = {(answer.turn, answer.run) for answer in self.answers}
        return sum(bool(call.hands_to) for call in self.evidence.calls if (call.turn, call.run) in answered)

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
