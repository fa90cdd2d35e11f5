"""The mailbox alone, in a process of its own: each turn is begun, gets its reply, and is completed. Nothing is sent.

The difference to a worker's turns is the cost of the use cases: the plan of the turn, the agent's input and answer, the
rendered reply, send rates, what is remembered. Prints 0 for a port first. At the end, prints JSON: when it began and
ended, in ns.
"""

import asyncio
import json
import time

import click
from attrs import define, field

from adapters.redis.connection import StoreConnections
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.leases import Claim
from application.ports.turn_changes import TurnChanges
from bench.ready import say_port
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.messages.outbound import TextPart
from entrypoints.cli.common import run

REPLY = Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="Yes, and by Thursday."),))
AT_ONCE = 256
CLAIMED_AT_ONCE = 100


@define(kw_only=True)
class BareWorker:
    """Claims while fewer than `AT_ONCE` turns are under way. It never renews, for it is done before the leases end."""

    mailbox: RedisMailbox
    _places: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(AT_ONCE), init=False)

    async def work_off(self, turns: int) -> None:
        async with asyncio.TaskGroup() as group:
            while turns > 0:
                claims = await self.mailbox.claim(partition=0, worker="bare", limit=CLAIMED_AT_ONCE, wait_seconds=1)
                turns -= len(claims)
                for claim in claims:
                    await self._places.acquire()
                    group.create_task(self._answer(claim))

    async def _answer(self, claim: Claim) -> None:
        await self.mailbox.begin(claim=claim)
        await self.mailbox.save_reply(claim=claim, reply=REPLY)
        await self.mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.bench"}))
        await self.mailbox.complete(claim=claim)
        self._places.release()


async def work(store: str, turns: int) -> None:
    connections = StoreConnections.to(store)
    mailbox = RedisMailbox(store=connections, clock=SystemClock(), lease_seconds=60)
    await mailbox.prepare()
    say_port("", 0)
    began = time.monotonic_ns()
    await BareWorker(mailbox=mailbox).work_off(turns)
    print(json.dumps({"began": began, "ended": time.monotonic_ns()}))
    await connections.aclose()


@click.command()
@click.option("--store", required=True, help="Its address.")
@click.option("--turns", type=int, required=True, help="How many turns wait.")
def main(store: str, turns: int) -> None:
    run(work(store, turns))
