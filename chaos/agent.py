"""The agent: says what it heard so that the audit can tell, slowly at times, and fails now and then.

Speaks as much of Astromesh's HTTP interface as the service needs.
"""

import asyncio
import re
from collections import defaultdict
from random import Random
from typing import Any

from attrs import define, field, frozen
from litestar import Litestar, post
from litestar.exceptions import HTTPException

MAX_SECONDS = 0.3
FAILS = 0.04
STATUSES = (500, 503, 504)
LONG_WINDED = 0.1
# With one line it fills a message of 4096 characters.
FILLER = "so it is " * 450
HEARD = re.compile(r"heard (\d+) in run (\d+)")


@frozen(kw_only=True)
class Heard:
    """A message and in which run of the agent it was answered, as read from what was sent."""

    number: int
    run: int


def said(number: str, run: int) -> str:
    return f"heard {number} in run {run}"


def read(text: str) -> list[Heard]:
    return [Heard(number=int(number), run=int(run)) for number, run in HEARD.findall(text)]


@define
class EchoingAgent:
    """`runs`: turn id -> the message numbers each of its runs was given; a turn's first run alone may fail."""

    random: Random
    runs: defaultdict[str, list[list[int]]] = field(factory=lambda: defaultdict(list))

    async def answer(self, *, turn: str, query: str) -> str:
        lines = query.split("\n")
        self.runs[turn].append([int(line) for line in lines])
        run = len(self.runs[turn])
        await asyncio.sleep(self.random.uniform(0, MAX_SECONDS))
        if run == 1 and self.random.random() < FAILS:
            raise HTTPException(status_code=self.random.choice(STATUSES))
        paragraphs = [said(line, run) for line in lines]
        if self.random.random() < LONG_WINDED:
            paragraphs = [*(f"{paragraph} {FILLER}" for paragraph in paragraphs), "that is all"]
        return "\n\n".join(paragraphs)

    def app(self) -> Litestar:
        @post("/v1/agents/{name:str}/run", status_code=200)
        async def run(name: str, data: dict[str, Any]) -> dict[str, str]:  # noqa: ARG001
            return {"answer": await self.answer(turn=data["context"]["turn_id"], query=data["query"])}

        return Litestar(route_handlers=[run], openapi_config=None, logging_config=None)
