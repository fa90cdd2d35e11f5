"""What each step leaves in the store, and how steps work in a store that an operator changed."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from attrs import evolve

from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.leases import Claim
from application.ports.mailbox import Mailbox
from application.ports.store import StoreUnavailableError
from application.ports.turn_changes import TurnChanges
from contracts.initiated_turns_contract import initiated
from contracts.mailbox_steps import begin_one
from domain.conversations.turn import UnconfirmedSend
from support.messages import ANA, BOB, enqueued


async def retry_of_a_confirmed_part(mailbox: Mailbox, claim: Claim) -> None:
    """The part was confirmed in the meantime."""
    await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))
    await mailbox.retry_later(
        claim=claim, after_seconds=60, error="timeout", unconfirmed=UnconfirmedSend(part=0, unconfirmed_attempts=1)
    )


GIVING_BACK: dict[str, tuple[Callable[[Mailbox, Claim], Awaitable[object]], int]] = {
    "complete": (lambda mailbox, claim: mailbox.complete(claim=claim), 0),
    "retry_later": (lambda mailbox, claim: mailbox.retry_later(claim=claim, after_seconds=60, error="timeout"), 0),
    "retry_later, confirmed": (retry_of_a_confirmed_part, 1),
    "defer": (lambda mailbox, claim: mailbox.defer(claim=claim, after_seconds=60), 0),
    "release": (lambda mailbox, claim: mailbox.release(claim=claim), 1),
}


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(valkey_url)
    yield connections
    await connections.aclose()


@pytest.fixture
def mailbox(store: StoreConnections, keys: Keys) -> RedisMailbox:
    """Every lease expires at once."""
    return RedisMailbox(store=store, keys=keys, clock=SystemClock(), lease_seconds=0)


@pytest.mark.parametrize("step", GIVING_BACK)
async def test_a_claim_that_was_handed_back_is_gone(
    step: str, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """No worker can take it over later."""
    give_back, tokens = GIVING_BACK[step]
    await mailbox.prepare()
    await mailbox.accept(messages=[enqueued()])
    claim, _ = await begin_one(mailbox)

    await give_back(mailbox, claim)

    assert (await store.commands.xpending(keys.of(0, "ready"), "workers"))["pending"] == 0
    assert await store.commands.xlen(keys.of(0, "ready")) == tokens


async def test_a_lease_without_an_entry_does_not_block_takeovers(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """An operator deleted the entry from the stream. Other conversations are taken over."""
    await mailbox.prepare()
    await mailbox.accept(messages=[enqueued()])
    claim, _ = await begin_one(mailbox)
    await store.commands.xdel(keys.of(0, "ready"), claim.token)

    assert await mailbox.reap(partition=0, worker="b", limit=10) == ()


async def test_preparing_fails_on_a_key_of_another_type(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """It raises an error."""
    await store.commands.set(keys.of(0, "ready"), "somebody else's")

    with pytest.raises(StoreUnavailableError, match="WRONGTYPE"):
        await mailbox.prepare()


async def test_workers_that_are_gone_are_forgotten(mailbox: RedisMailbox, store: StoreConnections, keys: Keys) -> None:
    """A worker that holds a conversation is kept until another one takes over."""
    await mailbox.prepare()
    await mailbox.accept(messages=[enqueued(person=ANA), enqueued(person=BOB)])
    await begin_one(mailbox, worker="holds")
    claim, _ = await begin_one(mailbox, worker="gone")
    await mailbox.complete(claim=claim)

    known = []
    for lease_seconds in (60, 0):
        await evolve(mailbox, lease_seconds=lease_seconds).prepare()
        workers = await store.commands.xinfo_consumers(keys.of(0, "ready"), "workers")
        known.append({worker["name"] for worker in workers})

    assert known == [{"holds", "gone"}, {"holds"}]
    assert len(await mailbox.reap(partition=0, worker="b", limit=10)) == 1


async def test_a_message_that_could_not_be_stored_is_not_known(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """The channel delivers it again when the store works again."""
    message = enqueued()
    name = keys.of(0, f"mail:{message.message.conversation}")
    await mailbox.prepare()
    await store.commands.set(name, "somebody else's")

    with pytest.raises(StoreUnavailableError, match="WRONGTYPE"):
        await mailbox.accept(messages=[message])

    await store.commands.delete(name)
    assert await mailbox.accept(messages=[message]) == (True,)


async def test_a_turn_that_could_not_be_queued_is_not_known(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """A dead letter that could not be replayed stays."""
    name = keys.of(0, f"priority:{initiated().conversation}")
    dead_letters = RedisDeadLetters(store=store, keys=keys)
    await mailbox.prepare()
    await mailbox.accept(messages=[enqueued(person=ANA)])
    claim, _ = await begin_one(mailbox)
    await mailbox.dead_letter(claim=claim, reason="send: final")
    (letter,) = await dead_letters.page(limit=10)
    await store.commands.set(name, "somebody else's")

    with pytest.raises(StoreUnavailableError, match="WRONGTYPE"):
        await mailbox.initiate(turn=initiated())
    with pytest.raises(StoreUnavailableError, match="WRONGTYPE"):
        await dead_letters.replay(letter_id=letter.id)

    await store.commands.delete(name)
    assert await mailbox.initiate(turn=initiated())
    assert await dead_letters.page(limit=10) == (letter,)


async def test_waiting_conversations_survive_the_loss_of_the_group(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """A new group begins with the oldest ready conversation."""
    await mailbox.prepare()
    await mailbox.accept(messages=[enqueued()])
    await store.commands.xgroup_destroy(keys.of(0, "ready"), "workers")

    await mailbox.prepare()

    assert len(await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)) == 1


async def test_a_conversation_whose_mail_is_gone_is_idle(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """No worker claims it again and again."""
    message = enqueued()
    await mailbox.prepare()
    await mailbox.accept(messages=[message])
    await store.commands.delete(keys.of(0, f"mail:{message.message.conversation}"))
    (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)

    assert await mailbox.begin(claim=claim) is None
    assert await store.commands.xlen(keys.of(0, "ready")) == 0
    assert not await store.commands.exists(keys.of(0, "tokens"))
