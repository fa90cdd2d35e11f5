"""The agent of an attack: it gives odd answers to hostile people, and plain ones to honest people.

It has as much of Astromesh's HTTP interface as the service needs.
"""

import re
from collections import Counter

from attrs import define, field

from attack.inputs.answers import hostile_answer
from chaos.agent import answer_to

HONEST = re.compile(r"honest (\d+)")
ATTACK = re.compile(r"attack (\d+)")


@define
class ScriptedAgent:
    """`heard`: the numbers of the hostile answers that were requested. `runs`: how often each turn came."""

    seed: int
    heard: set[int] = field(factory=set)
    runs: Counter[str] = field(factory=Counter)

    def answer(self, *, turn: str, query: str) -> bytes | str:
        """The text of a plain answer, or the whole body of a hostile one."""
        self.runs[turn] += 1
        if attack := ATTACK.search(query):
            number = int(attack[1])
            self.heard.add(number)
            return hostile_answer(self.seed, number)
        lines = [answer_to(number, self.runs[turn], turn) for number in HONEST.findall(query)]
        return "\n\n".join(lines) or "All right."
