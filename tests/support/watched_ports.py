"""A mailbox and a messenger that a test can look into, delay and break."""

from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import define, field

from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.messenger import MemoryMessenger
from application.ports.messenger import SendFailedError, SentMessage
from application.ports.store import StoreUnavailableError
from domain.messages.outbound import Part
from domain.people.person import Person
from domain.policies.retry import SendFailure
from support.port_proxy import Call, PortProxy

type Hook = Callable[[], Awaitable[object]]


@define
class WatchedMailbox(PortProxy):
    """Passes each step on to `mailbox`. Before that it records the name in `steps`, and awaits the hook in `before`.

    After a step it awaits the hook in `after`, as if the result were still on the way. A hook may wait, or raise in
    place of the step. While `away` is true, every step raises.
    """

    mailbox: Any = field(factory=MemoryMailbox)
    steps: list[str] = field(factory=list)
    under_way: Counter[str] = field(factory=Counter)
    before: dict[str, Hook] = field(factory=dict)
    after: dict[str, Hook] = field(factory=dict)
    away: bool = False

    @property
    def port(self) -> Any:
        return self.mailbox

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        self.steps.append(name)
        self.under_way[name] += 1
        try:
            if self.away:
                raise StoreUnavailableError("away: a test wants it")
            if hook := self.before.get(name):
                await hook()
            result = await call(**arguments)
            if hook := self.after.get(name):
                await hook()
            return result
        finally:
            self.under_way[name] -= 1


@define(kw_only=True)
class WatchedMessenger(MemoryMessenger):
    """Records each send in `steps`. Before it, awaits `before_send`, which may wait or raise; after it, `after_send`.

    The next sends fail with the `send_failures`; None lets a send succeed. Acknowledgements do not fail.
    """

    steps: list[str] = field(factory=list)
    send_failures: deque[SendFailure | None] = field(factory=deque)
    before_send: Hook | None = None
    after_send: Hook | None = None

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        self.steps.append("send")
        if self.before_send:
            await self.before_send()
        if self.send_failures and (failure := self.send_failures.popleft()):
            raise SendFailedError(failure, "asked to fail")
        accepted = await super().send(part=part, to=to, reference=reference)
        if self.after_send:
            await self.after_send()
        return accepted

    @property
    def sent_texts(self) -> list[str]:
        return [part.body for part in self.sent]

    def sent_texts_to(self, person: Person) -> list[str]:
        return [part.body for part in self.sent if part.to.key == person.key]
