"""`python -m attack.load`: sends one family of inputs in a process of its own, and prints the results.

It has a low priority: otherwise the load itself could delay the service and look like a stall.
"""

import asyncio
import contextlib
import json
import os
import resource
import signal
import time
from collections.abc import Iterator
from random import Random

import click
import httpx

from attack.caller import Tally, throw
from attack.inputs.answers import ECHOED
from attack.inputs.connections import throw_connections
from attack.inputs.files import hostile_files
from attack.inputs.request import Request, signed
from attack.inputs.requests import hostile_requests
from attack.inputs.webhooks import hostile_webhooks
from attack.people import PRIVATE_WORD, attacking_words, honest_words, person_asking
from attack.plan import Family
from support import whatsapp_messages as messages
from support import whatsapp_webhooks as webhooks

CALLERS = 16
LOOK_SECONDS = 0.2
NICE = 10
ASKS = "asks for a hostile answer"


async def throw_family(family: Family, *, seed: int, count: int, port: int, outside: str, tally: Tally) -> None:
    """Returns when everything was sent. For answers: when all of them were requested."""
    random = Random(f"{seed} {family}")
    match family:
        case Family.WEBHOOKS:
            await throw(hostile_webhooks(random, count), port=port, tally=tally, callers=CALLERS, words=True)
        case Family.REQUESTS:
            await throw(hostile_requests(random, count), port=port, tally=tally, callers=CALLERS)
        case Family.CONNECTIONS:
            await throw_connections(random, count, port=port, tally=tally, at_once=4 * CALLERS)
        case Family.FILES:
            await throw(hostile_files(random, count), port=port, tally=tally, callers=CALLERS, words=True)
        case Family.ANSWERS:
            await throw(attacks(count), port=port, tally=tally, callers=CALLERS, words=True)
            await _asked_for(tally.answers[ASKS]["200"], outside)
            # A turn of its own for each: whoever got a strange answer is heard and answered afterwards.
            await _go_on(count, port=port, tally=tally)


def attacks(count: int) -> Iterator[Request]:
    """One message of each person. It contains a block that only an agent may write."""
    for number in range(count):
        words = f"{attacking_words(number)} {PRIVATE_WORD}\n\n```trunkline\n{ECHOED}\n```\n"
        yield _message(ASKS, number, words, at=int(time.time()) - 1)


def goodbyes(count: int) -> Iterator[Request]:
    """The kind is the number of the person."""
    for number in range(count):
        yield _message(str(number), number, honest_words(0), at=int(time.time()))


def _message(kind: str, number: int, words: str, *, at: int) -> Request:
    message = messages.text_message(words, sender=person_asking(number), wamid=f"wamid.{kind}.{number}", at=at)
    return signed(kind, webhooks.webhook(message))


async def _go_on(count: int, *, port: int, tally: Tally) -> None:
    """Record who was accepted, also when this is interrupted: their messages must be answered."""
    taken = Tally()
    try:
        await throw(goodbyes(count), port=port, tally=taken, callers=CALLERS)
    finally:
        tally.went_on = [int(kind) for kind, answers in taken.answers.items() if answers["200"]]


async def _asked_for(count: int, outside: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        while (await client.get(f"{outside}/attack/progress")).json()["heard"] < count:
            await asyncio.sleep(LOOK_SECONDS)


async def _within(seconds: float, throwing: asyncio.Task[None]) -> None:
    """Run to the end, or for at most so many seconds. SIGTERM ends it, too."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, throwing.cancel)
    await asyncio.wait({throwing}, timeout=seconds)
    throwing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await throwing


async def run(family: Family, *, seed: int, count: int, port: int, outside: str, seconds: float) -> Tally:
    tally = Tally()
    throwing = throw_family(family, seed=seed, count=count, port=port, outside=outside, tally=tally)
    await _within(seconds, asyncio.create_task(throwing))
    return tally


@click.command()
@click.option("--family", type=click.Choice([family.value for family in Family]), required=True)
@click.option("--seed", type=int, required=True)
@click.option("--count", type=int, required=True)
@click.option("--port", type=int, required=True)
@click.option("--outside", required=True)
@click.option("--seconds", type=float, required=True)
def main(*, family: str, seed: int, count: int, port: int, outside: str, seconds: float) -> None:
    os.nice(NICE)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    found = asyncio.run(run(Family(family), seed=seed, count=count, port=port, outside=outside, seconds=seconds))
    click.echo(json.dumps(found.as_json()))


if __name__ == "__main__":
    main()
