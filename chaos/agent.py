"""Two agents that hand conversations over to each other.

They name the messages that they answer, so that the audit can find them. They are slow at times, and may fail. They
have as much of Astromesh's HTTP interface as the service needs.
"""

import asyncio
import re
from collections import defaultdict
from random import Random
from typing import Any

from attrs import define, field, frozen
from litestar import Litestar, get, post
from litestar.exceptions import HTTPException

# The first is the one that `default_agent` names.
NAME, OTHER_NAME = "echo", "relay"
MAX_SECONDS = 0.3
FAILS = 0.04
STATUSES = (500, 503, 504)
LONG_WINDED = 0.1
HANDS_OVER = 0.3
# With one line it nearly fills a message of 4096 characters.
FILLER = "so it is " * 440
ANSWERED = re.compile(r"answer to (\d+) in run (\d+)")
TURN = re.compile(r"of turn (\S+)")


@frozen(kw_only=True)
class AnsweredMessage:
    """A message and the run of the agent that answered it, as read from an answer."""

    number: int
    run: int


@frozen(kw_only=True)
class Call:
    """One run for a person on a channel: the `run`th of its turn. `hands_to`: the agent of the next turn, if any."""

    channel: str
    person: str
    turn: str
    run: int
    agent: str
    hands_to: str = ""


def answer_to(number: str, run: int, turn: str) -> str:
    return f"answer to {number} in run {run} of turn {turn}"


def turn_of(text: str) -> str:
    """The turn that a message belongs to. Each message of an answer names it."""
    found = TURN.search(text)
    return found[1] if found else ""


def parse_answer(text: str) -> list[AnsweredMessage]:
    return [AnsweredMessage(number=int(number), run=int(run)) for number, run in ANSWERED.findall(text)]


@define
class EchoingAgent:
    """`runs`: turn id -> the message numbers that each of its runs got. Only the first run of a turn may fail.

    Each run proposes one action, whose arguments name the run. `calls` are the runs of all turns, in order.
    """

    random: Random
    runs: defaultdict[str, list[list[int]]] = field(factory=lambda: defaultdict(list))
    calls: list[Call] = field(factory=list)

    async def answer(self, *, turn: str, query: str) -> str:
        lines = query.split("\n")
        self.runs[turn].append([int(line) for line in lines])
        run = len(self.runs[turn])
        await asyncio.sleep(self.random.uniform(0, MAX_SECONDS))
        if run == 1 and self.random.random() < FAILS:
            raise HTTPException(status_code=self.random.choice(STATUSES))
        paragraphs = [answer_to(line, run, turn) for line in lines]
        if self.random.random() < LONG_WINDED:
            paragraphs = [
                *(f"{paragraph} {FILLER}" for paragraph in paragraphs),
                f"that is all in run {run} of turn {turn}",
            ]
        return "\n\n".join(paragraphs)

    def _record(self, *, channel: str, person: str, turn: str, agent: str) -> Call:
        other = OTHER_NAME if agent == NAME else NAME
        call = Call(
            channel=channel,
            person=person,
            turn=turn,
            run=len(self.runs[turn]) + 1,
            agent=agent,
            hands_to=other if self.random.random() < HANDS_OVER else "",
        )
        self.calls.append(call)
        return call

    def app(self) -> Litestar:
        @post("/v1/agents/{name:str}/run", status_code=200)
        async def run(name: str, data: dict[str, Any]) -> dict[str, Any]:
            known = data["context"]
            call = self._record(channel=known["channel"], person=known["user"], turn=known["turn_id"], agent=name)
            answer = await self.answer(turn=call.turn, query=data["query"])
            return {
                "answer": answer,
                "data": {"route": {"handoff_agent": call.hands_to}},
                "propuestas": [{"tool": "order", "argumentos": {"run": call.run}}],
            }

        @get("/v1/agents")
        async def agents() -> dict[str, Any]:
            return {"agents": [{"name": name, "status": "deployed"} for name in (NAME, OTHER_NAME)]}

        return Litestar(route_handlers=[run, agents], openapi_config=None, logging_config=None)
