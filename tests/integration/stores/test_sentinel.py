"""A server that sentinels watch: when it dies, its replica takes its place, and nothing that was accepted is lost."""

import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.inbox import EnqueuedMessage
from application.ports.store import StoreUnavailableError
from domain.policies.debounce import IMMEDIATE
from support.begin import begin_turn
from support.cluster import FORGOTTEN_CONNECTIONS
from support.messages import message
from support.polling import eventually
from support.ports import free_ports
from support.sentinels import Watched, watched_servers

pytestmark = [*FORGOTTEN_CONNECTIONS, pytest.mark.timeout(240)]


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched_servers(tmp_path) as watched:
        yield watched


@pytest.fixture
async def mailbox(watched: Watched) -> AsyncIterator[RedisMailbox]:
    store = StoreConnections.to(watched.url)
    mailbox = RedisMailbox(store=store, clock=SystemClock(), lease_seconds=30)
    await mailbox.prepare()
    yield mailbox
    await store.aclose()


async def is_accepted(mailbox: RedisMailbox, body: str) -> bool:
    """Post a message, as a channel does that gets no 200: until it is accepted."""
    entry = EnqueuedMessage(message=message(body, message_id=body), debounce=IMMEDIATE)
    with contextlib.suppress(StoreUnavailableError):
        await mailbox.accept(messages=[entry])
        return True
    return False


async def stored_bodies(mailbox: RedisMailbox) -> list[str]:
    """The texts of the next turn. The lease is given back."""
    (claim,) = await mailbox.claim(partition=0, worker="worker", limit=1, wait_seconds=0.5)
    turn = await begin_turn(mailbox, claim)
    assert turn is not None
    return [stored.content.body for stored in turn.messages]


async def test_a_failover_loses_nothing_that_was_accepted(watched: Watched, mailbox: RedisMailbox) -> None:
    bodies = [str(number) for number in range(20)]
    before = await watched.primary()

    for number, body in enumerate(bodies):
        if number == len(bodies) // 2:
            await watched.kill_primary()
        await eventually(lambda body=body: is_accepted(mailbox, body), seconds=60)

    async def has_moved() -> bool:
        return await watched.primary() != before

    await eventually(has_moved)  # one sentinel may know it later than another
    assert await stored_bodies(mailbox) == bodies


async def test_a_message_that_no_replica_has_is_not_accepted(watched: Watched, mailbox: RedisMailbox) -> None:
    """The primary may die the next moment."""
    primary = await watched.primary()
    (replica,) = (process for port, process in watched.servers.items() if port != primary)
    replica.send_signal(signal.SIGSTOP)
    try:
        assert not await is_accepted(mailbox, "hello")
    finally:
        replica.send_signal(signal.SIGCONT)

    await eventually(lambda: is_accepted(mailbox, "hello"), seconds=30)
    assert await stored_bodies(mailbox) == ["hello"]


async def test_sentinels_that_cannot_be_reached_are_a_store_that_is_away() -> None:
    store = StoreConnections.to(f"redis+sentinel://127.0.0.1:{free_ports(1)[0]}/trunkline")

    with pytest.raises(StoreUnavailableError, match="trunkline"):
        await store.ping()

    await store.aclose()


async def test_one_sentinel_that_answers_is_enough(watched: Watched) -> None:
    dead = free_ports(1)[0]
    store = StoreConnections.to(f"redis+sentinel://127.0.0.1:{dead},127.0.0.1:{watched.sentinels[0]}/trunkline/0")

    await store.ping()

    await store.aclose()


async def test_a_service_that_the_sentinels_do_not_know_is_named(watched: Watched) -> None:
    store = StoreConnections.to(watched.url.replace("/trunkline", "/other"))

    with pytest.raises(StoreUnavailableError, match="No master found for 'other'"):
        await store.ping()

    await store.aclose()
