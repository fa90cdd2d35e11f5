"""The phones of all people: their threads with the business, ticks and typing."""

import asyncio
import base64
import secrets
import time
from collections.abc import Iterator
from enum import StrEnum

from attrs import asdict, define, field

from entrypoints.simulator.business import Person
from entrypoints.simulator.events import EventLog

TYPING_SECONDS = 25.0


class UnknownPhoneError(LookupError):
    """Nobody has a phone of that number."""


class Author(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    BUSINESS = "business"


class Tick(StrEnum):
    """How far a message has come: Meta has it, left for the phone, on the other side, read, or will never arrive."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"

    def comes_after(self, other: "Tick") -> bool:
        order = list(Tick)
        return order.index(self) > order.index(other)


@define(kw_only=True, eq=False)
class ChatMessage:
    """One bubble of a thread. `at` is in unix seconds; `attempts` counts webhook calls that were not answered 200.

    `seen` says that the person has looked at it.
    """

    number: str
    author: Author
    body: str
    type: str = "text"
    reference: str | None = None
    reply_to: str | None = None
    id: str = field(factory=lambda: f"wamid.{base64.b64encode(secrets.token_bytes(30)).decode()}")
    at: float = field(factory=time.time)
    status: Tick = Tick.ACCEPTED
    attempts: int = 0
    seen: bool = False

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class Phone:
    """One person's phone. The two locks keep the first calls of the webhook in the order of what happened."""

    def __init__(self, person: Person, events: EventLog) -> None:
        self.person = person
        self.messages: list[ChatMessage] = []
        self.typing = False
        self.message_order = asyncio.Lock()
        self.status_order = asyncio.Lock()
        self._events = events
        self._typing_ends: asyncio.TimerHandle | None = None

    @property
    def unread(self) -> int:
        return sum(1 for message in self.messages if message.author is Author.BUSINESS and not message.seen)

    def add(self, message: ChatMessage) -> None:
        self.messages.append(message)
        self._publish("message", message.as_json())
        if message.author is Author.BUSINESS:
            self.show_typing(on=False)

    def tick(self, message: ChatMessage, status: Tick) -> None:
        """A message came further; ticks never go back."""
        if status.comes_after(message.status):
            message.status = status
            self._publish("status", message.as_json())

    def missed(self, message: ChatMessage) -> None:
        """The webhook did not take the message; it waits to be delivered."""
        message.attempts += 1
        self._publish("status", message.as_json())

    def turn_blue(self, message: ChatMessage) -> None:
        """The business read this message, and with it the earlier ones."""
        for earlier in self.messages[: self.messages.index(message) + 1]:
            if earlier.author is Author.PERSON:
                self.tick(earlier, Tick.READ)

    def look(self) -> tuple[ChatMessage, ...]:
        """The person reads the thread; the business's messages that were new until now."""
        new = tuple(message for message in self.messages if message.author is Author.BUSINESS and not message.seen)
        for message in new:
            message.seen = True
        return new

    def show_typing(self, *, on: bool) -> None:
        """Show or end "typing"; ends by itself after 25 seconds, as on a real phone."""
        if self._typing_ends is not None:
            self._typing_ends.cancel()
            self._typing_ends = None
        if on:
            loop = asyncio.get_running_loop()
            self._typing_ends = loop.call_later(TYPING_SECONDS, lambda: self.show_typing(on=False))
        if on is not self.typing:
            self.typing = on
            self._publish("typing", {"number": self.person.number, "typing": on})

    def _publish(self, kind: str, data: dict[str, object]) -> None:
        self._events.publish(number=self.person.number, kind=kind, data=data)


class Phones:
    """All phones, by number and by business-scoped user id."""

    def __init__(self, people: tuple[Person, ...], events: EventLog) -> None:
        self._events = events
        self._by_number: dict[str, Phone] = {}
        self._by_user_id: dict[str, Phone] = {}
        for person in people:
            self.add(person)

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._by_number.values())

    def __getitem__(self, address: str) -> Phone:
        """The phone with this number or user id.

        Raises:
            UnknownPhoneError: when there is none.
        """
        phone = self._by_number.get(address) or self._by_user_id.get(address)
        if phone is None:
            raise UnknownPhoneError(address)
        return phone

    def add(self, person: Person) -> Phone:
        """The phone of this person, a new one when the number has none yet."""
        if person.number not in self._by_number:
            phone = Phone(person, self._events)
            self._by_number[person.number] = self._by_user_id[person.user_id] = phone
        return self._by_number[person.number]
