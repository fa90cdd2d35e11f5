"""The agent: names the messages it answers, so that the audit can find them. It is slow at times, and may fail.

It has as much of Astromesh's HTTP interface as the service needs.
"""

import asyncio
import re
from collections import defaultdict
from random import Random
from typing import Any

from attrs import define, field, frozen
from litestar import Litestar, get, post
from litestar.exceptions import HTTPException

# The one that `default_agent` names.
NAME = "echo"
MAX_SECONDS = 0.3
FAILS = 0.04
STATUSES = (500, 503, 504)
LONG_WINDED = 0.1
# With one line it nearly fills a message of 4096 characters.
FILLER = "so it is " * 440
ANSWERED = re.compile(r"answer to (\d+) in run (\d+)")
TURN = re.compile(r"of turn (\S+)")


@frozen(kw_only=True)
class AnsweredMessage:
    """A message and the run of the agent that answered it, as read from an answer."""

    number: int
    run: int


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

    Each run proposes one action, whose arguments name the run.
    """

    random: Random
    runs: defaultdict[str, list[list[int]]] = field(factory=lambda: defaultdict(list))

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

    def app(self) -> Litestar:
        @post("/v1/agents/{name:str}/run", status_code=200)
        async def run(name: str, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
            turn = data["context"]["turn_id"]
            number = len(self.runs[turn]) + 1
            answer = await self.answer(turn=turn, query=data["query"])
            return {"answer": answer, "propuestas": [{"tool": "order", "argumentos": {"run": number}}]}

        @get("/v1/agents")
        async def agents() -> dict[str, Any]:
            return {"agents": [{"name": NAME, "status": "deployed"}]}

        return Litestar(route_handlers=[run, agents], openapi_config=None, logging_config=None)
