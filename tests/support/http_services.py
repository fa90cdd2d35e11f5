"""The web application over fakes that can be looked into and broken."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
from attrs import define, evolve, field, fields
from litestar import Litestar

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.agent import ScriptedAgent
from adapters.memory.directory import MemoryDirectory
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.messenger import MemoryMessenger
from adapters.memory.pacer import MemoryPacer
from adapters.memory.standings import MemoryStandings
from application.channels import Channel, Channels
from application.find_conversation import FindConversation
from application.heed_failures import HeedFailures
from application.initiate_message import InitiateMessage
from application.note_events import NoteEvents
from application.number_stops import NumberStops
from application.ports.dead_letters import DeadLetter, UnknownDeadLetterError
from application.ports.inbound_channel import ForgedWebhookError, InboundEvent, MalformedWebhookError
from application.ports.mailbox import Mailbox, Post
from application.ports.store import StoreUnavailableError
from application.receive_webhook import ReceiveWebhook
from application.replay_dead_letter import ReplayDeadLetter
from application.take_over import TakeOver
from application.verify_subscription import VerifySubscription
from domain.conversations import Conversation, Person
from domain.messages import InboundMessage, Text, Unrecognised
from domain.parts import TextPart
from domain.replies import Reply, ReplyKind
from domain.texts import LocalizedText, Texts
from domain.turns import Turn
from entrypoints.http import Services, create_app
from entrypoints.metrics import Metrics
from entrypoints.store_trouble import StoreTrouble

SIGNATURE = "not-a-real-signature"
SIGNED = {"X-Test-Signature": SIGNATURE}
WEBHOOK = "/v1/channels/whatsapp/webhook"
SENTENCE = LocalizedText(by_language={"en": "A sentence."}, default="en")


class SignedChannel:
    """Hears JSON lists of message ids, signed with a fixed header; a number in the list is something unknown."""

    def challenge(self, *, query: Mapping[str, str]) -> str:
        if query.get("hub.verify_token") != "not-a-real-token":
            raise ForgedWebhookError
        return query["hub.challenge"]

    def verify(self, *, headers: Mapping[str, str], body: bytes) -> None:
        if headers.get("x-test-signature") != SIGNATURE:
            raise ForgedWebhookError

    def parse(self, *, body: bytes, arrived_at: float) -> tuple[InboundEvent, ...]:
        try:
            items = json.loads(body)
        except ValueError as error:
            raise MalformedWebhookError from error
        return tuple(
            message(item, at=arrived_at) if isinstance(item, str) else Unrecognised(channel="whatsapp", kind="number")
            for item in items
        )


@define
class AcceptingMailbox:
    """Takes messages in and remembers their ids; `away` breaks it."""

    posts: list[Post] = field(factory=list)
    initiated: list[Turn] = field(factory=list)
    away: bool = False

    async def accept(self, *, posts: Sequence[Post]) -> tuple[bool, ...]:
        self.check()
        known = {post.message.id for post in self.posts}
        self.posts.extend(post for post in posts if post.message.id not in known)
        return tuple(post.message.id not in known for post in posts)

    async def initiate(self, *, turn: Turn) -> bool:
        self.check()
        if any(known.id == turn.id for known in self.initiated):
            return False
        self.initiated.append(turn)
        return True

    def check(self) -> None:
        if self.away:
            raise StoreUnavailableError("redis://user:hunter2@store: connection refused")

    async def ping(self) -> None:
        self.check()


@define
class DeadLetterBox:
    """Keeps letters in a list."""

    letters: list[DeadLetter] = field(factory=list)
    replayed: list[str] = field(factory=list)

    async def page(self, *, limit: int, after: str | None = None) -> tuple[DeadLetter, ...]:
        ids = [letter.id for letter in self.letters]
        start = ids.index((await self.show(letter_id=after)).id) + 1 if after else 0
        return tuple(self.letters[start : start + limit])

    async def show(self, *, letter_id: str) -> DeadLetter:
        for letter in self.letters:
            if letter.id == letter_id:
                return letter
        raise UnknownDeadLetterError(letter_id)

    async def replay(self, *, letter_id: str) -> None:
        self.letters.remove(await self.show(letter_id=letter_id))
        self.replayed.append(letter_id)

    async def discard(self, *, letter_id: str) -> None:
        self.letters.remove(await self.show(letter_id=letter_id))


class StoppedClock:
    def now(self) -> float:
        return 1_800_000_000.0


@define
class Backstage:
    """Everything behind the application; `services` is what it is given."""

    mailbox: AcceptingMailbox = field(factory=AcceptingMailbox)
    feed: MemoryActivityFeed = field(factory=MemoryActivityFeed)
    agent: ScriptedAgent = field(factory=ScriptedAgent)
    dead_letters: DeadLetterBox = field(factory=DeadLetterBox)
    metrics: Metrics = field(factory=Metrics)
    directory: MemoryDirectory = field(factory=MemoryDirectory)
    standings: MemoryStandings = field(factory=MemoryStandings)
    pacer: MemoryPacer = field(factory=MemoryPacer)
    stopping: asyncio.Event = field(factory=asyncio.Event)

    @property
    def take_over(self) -> TakeOver:
        return TakeOver(standings=self.standings, feed=self.feed, clock=StoppedClock())

    @property
    def stops(self) -> NumberStops:
        return NumberStops(pacer=self.pacer, feed=self.feed, clock=StoppedClock())

    def receive(self, channels: Channels) -> ReceiveWebhook:
        mailbox = cast("Mailbox", self.mailbox)
        log = MemoryMessageLog()
        failures = HeedFailures(
            channels=channels,
            mailbox=mailbox,
            standings=self.standings,
            log=log,
            pacer=self.pacer,
            stops=self.stops,
        )
        note = NoteEvents(
            channels=channels,
            mailbox=mailbox,
            directory=self.directory,
            standings=self.standings,
            log=log,
            take_over=self.take_over,
            stops=self.stops,
            failures=failures,
            feed=self.feed,
        )
        return ReceiveWebhook(
            channels=channels,
            directory=self.directory,
            mailbox=mailbox,
            standings=self.standings,
            note=note,
            clock=StoppedClock(),
        )

    def services(self, **changes: Any) -> Services:
        channels = Channels.of([whatsapp()])
        services = Services(
            receive=self.receive(channels),
            initiate=InitiateMessage(
                channels=channels,
                directory=self.directory,
                standings=self.standings,
                mailbox=cast("Mailbox", self.mailbox),
                keys=MemoryIdempotencyKeys(),
                clock=StoppedClock(),
            ),
            find=FindConversation(channels=channels, directory=self.directory),
            take_over=self.take_over,
            stops=self.stops,
            channels=channels,
            standings=self.standings,
            clock=StoppedClock(),
            verify=VerifySubscription(channels=channels),
            feed=self.feed,
            agents=self.agent,
            dead_letters=self.dead_letters,
            replay=ReplayDeadLetter(letters=self.dead_letters, standings=self.standings, clock=StoppedClock()),
            store_ping=self.mailbox.ping,
            metrics=self.metrics,
            trouble=StoreTrouble(),
            stopping=self.stopping,
            admin_token="not-a-real-admin-token",
        )
        return evolve(services, **changes)

    def app(self, **changes: Any) -> Litestar:
        return create_app(self.services(**changes))

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the application in this process; streams are buffered to their end."""
        app = self.app(**changes)
        transport = httpx.ASGITransport(app=app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client


OPERATOR = {"Authorization": "Bearer not-a-real-admin-token"}


def whatsapp() -> Channel:
    return Channel(
        name="whatsapp",
        inbound=SignedChannel(),
        messenger=MemoryMessenger(),
        agent="assistant",
        texts=Texts(**{text.name: SENTENCE for text in fields(Texts)}),
    )


def message(message_id: str = "wamid.1", *, at: float = 1_800_000_000.0) -> InboundMessage:
    return InboundMessage(
        id=message_id,
        conversation=Conversation(channel="whatsapp", user="15550001111"),
        person=Person(phone="15550001111", name="Ana"),
        content=Text(body="hello"),
        sent_at=at,
        arrived_at=at,
    )


def dead_letter(letter_id: str = "0.1-0") -> DeadLetter:
    turn = Turn(
        id="turn-1",
        conversation=Conversation(channel="whatsapp", user="15550001111"),
        messages=(message(),),
        reply=Reply(kind=ReplyKind.ANSWER, parts=(TextPart(body="one"), TextPart(body="two"))),
        sent=("wamid.out.1",),
        retries=3,
    )
    return DeadLetter(id=letter_id, turn=turn, reason="send: final", at=1_800_000_100.0)
