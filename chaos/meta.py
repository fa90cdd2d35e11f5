"""Meta and Telegram, played by the simulator.

Each worker has one of its own, so that the audit knows which worker sent what.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

from attrs import frozen

from chaos.agent import turn_of
from chaos.plan import MAX_PAUSE_SECONDS, REDELIVERED, Channel, Plan
from entrypoints.http.server.loopback import loopback_only
from simulator.serving import serve_simulator
from simulator.simulator import Simulator
from simulator.state.business import BusinessNumber, Person
from simulator.state.control import Control
from simulator.telegram.bot import Bot
from simulator.telegram.chats import Chat

REORDERED = 0.3
UNANSWERED = 0.005
ACCESS_TOKEN = "fake-access-token"  # noqa: S105 - of a service that nobody else reaches
APP_SECRET = "fake-app-secret"  # noqa: S105
VERIFY_TOKEN = "fake-verify-token"  # noqa: S105
BOT_TOKEN = "4711:fake-bot-token"  # noqa: S105
SECRET_TOKEN = "fake-secret-token"  # noqa: S105
# Telegram counts the messages of a chat, those of people and of bots together. What people write has the numbers below.
FIRST_SENT = 1000


@frozen(kw_only=True)
class Send:
    """One message that the channel accepted from the `worker`th worker, in unix seconds.

    `reference` names the part. `answered`: whether the worker got a response. `confirmed`: when the webhook accepted a
    status that echoes the send. `confirms`: whether the channel has such statuses; Telegram has none.
    """

    at: float
    worker: int
    person: str
    reference: str
    body: str
    answered: bool = True
    confirmed: float | None = None
    channel: Channel = Channel.WHATSAPP
    confirms: bool = True

    @property
    def turn(self) -> str:
        return self.reference.partition("/")[0]


class UnreliableMeta(Simulator):
    """A simulator that leaves some accepted sends unanswered."""

    def __init__(self, plan: Plan, *, worker: int) -> None:
        business = BusinessNumber(
            access_token=ACCESS_TOKEN, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, webhook_url=""
        )
        numbers = sorted({number for people in plan.people.values() for number in people})
        people = [Person(number=number, name="Ana") for number in numbers]
        super().__init__(business=business, bot=Bot(token=BOT_TOKEN), people=people)
        self.control = Control(
            duplicate=REDELIVERED,
            reorder=REORDERED,
            unanswered=UNANSWERED,
            statuses=plan.echo,
            max_pause_seconds=MAX_PAUSE_SECONDS,
            seed=plan.seed * 10 + worker,
        )
        self._worker = worker
        self._chats = [self._chat(person) for person in plan.people.get(Channel.TELEGRAM, ())]

    def _chat(self, person: str) -> Chat:
        """The chat of somebody who has written before. Its id is in `Written`. No two workers send the same numbers."""
        chat = self.telegram.chats.of(person)
        chat.id, chat.started = int(person), True
        for _ in range(FIRST_SENT * (self._worker + 1)):
            chat.next_number()
        return chat

    def accepted(self) -> list[Send]:
        return [*self._accepted_by_meta(), *self._accepted_by_telegram()]

    def _accepted_by_telegram(self) -> list[Send]:
        """No reference of ours travels to Telegram. But no two parts of a turn have the same text."""
        return [
            Send(
                at=message.at,
                worker=self._worker,
                person=chat.number,
                reference=f"{turn_of(message.body)}/{sha256(message.body.encode()).hexdigest()[:12]}",
                body=message.body,
                answered=f"{chat.id}.{message.id}" not in self.unanswered,
                channel=Channel.TELEGRAM,
                confirms=False,
            )
            for chat in self._chats
            for message in chat.messages
        ]

    def _accepted_by_meta(self) -> list[Send]:
        return [
            Send(
                at=record.at,
                worker=self._worker,
                person=record.to,
                reference=record.reference or "",
                body=record.body,
                answered=record.wamid not in self.unanswered,
                confirmed=self.confirmed_at.get(record.wamid),
            )
            for record in self.sent
        ]


@contextlib.asynccontextmanager
async def running_metas(plan: Plan) -> AsyncIterator[tuple[Sequence[UnreliableMeta], Sequence[str]]]:
    """Serve one for each worker; yields them and their addresses."""
    metas = [UnreliableMeta(plan, worker=worker) for worker in range(plan.workers)]
    async with contextlib.AsyncExitStack() as stack:
        yield metas, [await stack.enter_async_context(serve_simulator(meta, guard=loopback_only)) for meta in metas]
