"""Actors around one conversation: workers, the person, the channel, the operator. A test orders their steps."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from attrs import define, evolve, field, frozen

from adapters.memory.agent import ScriptedAgent
from adapters.memory.clock import FakeClock
from adapters.memory.messenger import EVERYTHING
from application.ports.capabilities import Capabilities
from application.ports.dead_letters import UnknownDeadLetterError
from application.ports.inbox import DeliveryConfirmation
from application.ports.leases import Claim, LeaseLostError
from domain.conversations.reply import PartReference
from domain.policies.retry import RetryPolicy
from integration.mailbox.stores import Stores
from support.answering import Answering
from support.interleaving import Actor, Stepped, Stepper
from support.messages import enqueued
from support.port_proxy import Call, PortProxy
from support.watched_ports import WatchedMessenger

# Retries are due at once: the order of the steps decides, and not the time.
AT_ONCE = RetryPolicy(first_seconds=0, max_seconds=0, confirm_seconds=0)
# The time of the world's clock, and of its messages.
NOW = FakeClock().now()

PART = 4


def two_parts_a_message(query: str) -> str:
    """The agent's answer: "[m1](m1)" to "m1". The channel cuts it into two parts."""
    return "".join(f"[{line}]({line})" for line in query.split("\n"))


@define
class World:
    """Everything around one conversation: its store, its channel and its agent."""

    stores: Stores
    messenger: WatchedMessenger = field(factory=lambda: WatchedMessenger(capabilities=evolve(EVERYTHING, text=PART)))
    agent: ScriptedAgent = field(factory=lambda: ScriptedAgent(script=two_parts_a_message))
    accepted: list[str] = field(factory=list)
    claims: list[Claim] = field(factory=list)
    takeovers: int = 0

    async def accept(self, body: str, *, sent_at: float) -> None:
        """Store a message before the actors begin."""
        await self._post(self.stores.mailbox(), body, sent_at)

    async def _post(self, mailbox: Any, body: str, sent_at: float) -> None:
        await mailbox.accept(messages=[enqueued(body, message_id=f"wamid.{body}", sent_at=NOW + sent_at)])
        if body not in self.accepted:
            self.accepted.append(body)

    def worker(self, name: str, *, reaping: bool = False) -> Actor:
        """Claims one conversation, or takes it over, and answers its turn."""

        async def act(stepper: Stepper) -> None:
            mailbox = Stepped(self.stores.mailbox(lease_seconds=0), stepper)
            take = mailbox.reap if reaping else mailbox.claim
            wait = {} if reaping else {"wait_seconds": 0}
            for claim in await take(partition=0, worker=name, limit=1, **wait):
                self._taken(claim)
                if not await self._answer(claim, partial(Stepped, stepper=stepper)):
                    stepper.steps.append("lease lost")

        return act

    def _taken(self, claim: Claim) -> None:
        self.takeovers += claim.delivery > 1
        self.claims.append(claim)

    async def _answer(self, claim: Claim, through: Callable[[Any], Any]) -> bool:
        """Answer under a lease that never expires by our clock. Returns whether it held. `through` wraps each port."""
        answering = Answering(
            agent=through(self.agent),
            mailbox=through(self.stores.mailbox()),
            messenger=cast("WatchedMessenger", _Unacknowledging(through(self.messenger))),
            retries=AT_ONCE,
        )
        try:
            await answering.answer(lease=answering.lease(claim))
        except LeaseLostError:
            return False
        return True

    def sender(self, *bodies: str, sent_at: float) -> Actor:
        """The person writes more, or the channel delivers a message again."""

        async def act(stepper: Stepper) -> None:
            mailbox = Stepped(self.stores.mailbox(), stepper)
            for number, body in enumerate(bodies):
                await self._post(mailbox, body, sent_at + number)

        return act

    def promoter(self, times: int = 3) -> Actor:
        async def act(stepper: Stepper) -> None:
            mailbox = Stepped(self.stores.mailbox(), stepper)
            for _ in range(times):
                await mailbox.promote(partition=0)

        return act

    def channel(self, times: int = 2) -> Actor:
        """Confirms all sends so far, several times, as statuses do."""

        async def act(stepper: Stepper) -> None:
            mailbox = Stepped(self.stores.mailbox(), stepper)
            for _ in range(times):
                await stepper.wait("look")
                if confirmations := [
                    DeliveryConfirmation(reference=PartReference.parse(sent.reference), message_id=sent.id)
                    for sent in self.messenger.sent
                ]:
                    await mailbox.confirm(confirmations=confirmations)

        return act

    def operator(self) -> Actor:
        """Replays the first dead letter, if there is one."""

        async def act(stepper: Stepper) -> None:
            letters = Stepped(self.stores.dead_letters, stepper)
            for letter in await letters.page(limit=1):
                try:
                    await letters.replay(letter_id=letter.id)
                except UnknownDeadLetterError:
                    stepper.steps.append("gone")

        return act

    def renewer(self, times: int = 3) -> Actor:
        """Renews every lease of all workers, as frozen workers do when they wake up."""

        async def act(stepper: Stepper) -> None:
            mailbox = Stepped(self.stores.mailbox(), stepper)
            for _ in range(times):
                await stepper.wait("look")
                for claim in tuple(self.claims):
                    await mailbox.renew(claims=[claim])

        return act

    async def finish(self) -> None:
        """A healthy worker finishes everything: abandoned leases, retries, new messages."""
        mailbox = self.stores.mailbox(lease_seconds=0)
        for _ in range(50):
            await mailbox.promote(partition=0)
            claims = await mailbox.claim(partition=0, worker="healthy", limit=10, wait_seconds=0)
            claims += await mailbox.reap(partition=0, worker="healthy", limit=10)
            if not claims and await self.idle():
                return
            for claim in claims:
                self._taken(claim)
                await self._answer(claim, lambda port: port)
        raise AssertionError("the conversation never becomes idle")

    async def idle(self) -> bool:
        client, keys = self.stores.store.commands, self.stores.keys
        return not await client.hlen(keys.of(0, "tokens"))

    async def left_over(self) -> set[str]:
        """The kinds of keys that remain, without the known ids and the state of the conversation."""
        client, keys = self.stores.store.commands, self.stores.keys
        names = {name.split(":")[2] for name in await client.keys(f"{keys.prefix}:{{0}}:*")}
        entries = await client.xlen(keys.of(0, "ready"))
        pending = await client.xpending(keys.of(0, "ready"), "workers")
        assert (entries, pending["pending"]) == (0, 0)
        return names - {"ready", "arrivals", "seen", "state"}

    @property
    def sent_texts(self) -> list[str]:
        return [part.body for part in self.messenger.sent]

    @property
    def sent_twice(self) -> int:
        """How many sends were repeated with the same reference."""
        return sum(count - 1 for count in Counter(sent.reference for sent in self.messenger.sent).values())


@frozen
class _Unacknowledging(PortProxy):
    """A messenger without read receipts and typing, which run beside the turn in no fixed order."""

    port: Any

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        return await call(**arguments)

    @property
    def capabilities(self) -> Capabilities:
        return evolve(self.port.capabilities, typing_seconds=None)

    async def acknowledge(self, **_: object) -> None: ...

    async def taken(self, **_: object) -> None: ...
