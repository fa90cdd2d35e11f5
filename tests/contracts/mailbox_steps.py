"""What the contracts of a mailbox share: replies, and how a worker gets a turn."""

from collections.abc import Awaitable, Callable

from application.ports.leases import Claim
from application.ports.mailbox import Mailbox
from application.ports.turn_changes import TurnChanges
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.outbound import TextPart
from support.begin import begin_turn
from support.polling import eventually

LEASE_SECONDS = 0.25
# The limits of the mailbox under test.
MAX_WAITING, MAX_DEAD_LETTERS = 40, 30
ANSWER = Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="one"), TextPart(body="two")))
APOLOGY = Reply(outcome=Outcome.FAILED, parts=(TextPart(body="sorry"),), reason="agent: timeout")

COMMITS: dict[str, Callable[[Mailbox, Claim], Awaitable[object]]] = {
    "begin": lambda mailbox, claim: mailbox.begin(claim=claim),
    "save_reply": lambda mailbox, claim: mailbox.save_reply(claim=claim, reply=APOLOGY),
    "record_sent": lambda mailbox, claim: mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "stale"})),
    "complete": lambda mailbox, claim: mailbox.complete(claim=claim),
    "retry_later": lambda mailbox, claim: mailbox.retry_later(claim=claim, after_seconds=0, error="stale"),
    "defer": lambda mailbox, claim: mailbox.defer(claim=claim, after_seconds=0),
    "dead_letter": lambda mailbox, claim: mailbox.dead_letter(claim=claim, reason="stale"),
    "release": lambda mailbox, claim: mailbox.release(claim=claim),
}


async def claim_one(mailbox: Mailbox, *, worker: str = "a") -> Claim:
    """The next ready conversation, waiting for it if need be."""

    async def attempt() -> tuple[Claim, ...]:
        for partition in range(mailbox.partitions):
            await mailbox.promote(partition=partition)
            if claims := await mailbox.claim(partition=partition, worker=worker, limit=1, wait_seconds=0.01):
                return claims
        return ()

    return (await eventually(attempt))[0]


async def begin_one(mailbox: Mailbox, *, worker: str = "a") -> tuple[Claim, Turn]:
    claim = await claim_one(mailbox, worker=worker)
    turn = await begin_turn(mailbox, claim)
    assert turn is not None
    return claim, turn


async def take_over(mailbox: Mailbox, *, worker: str) -> Claim:
    """Take over the one claim that is about to expire."""
    return (await eventually(lambda: mailbox.reap(partition=0, worker=worker, limit=10)))[0]


async def nothing_ready(mailbox: Mailbox) -> bool:
    await mailbox.promote(partition=0)
    return await mailbox.claim(partition=0, worker="z", limit=10, wait_seconds=0.01) == ()


def bodies(turn: Turn) -> list[str]:
    return [message.content.body for message in turn.messages]  # type: ignore[union-attr]
