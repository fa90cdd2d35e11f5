"""The phones of all people: their threads with the business, ticks and typing."""

import asyncio
import time
from collections.abc import Iterator, Sequence

from simulator.state.business import Person
from simulator.state.chat_messages import Attempt, Author, ChatMessage, Tick
from simulator.state.events import EventLog

TYPING_SECONDS = 25.0
WINDOW_SECONDS = 24 * 3600.0


class UnknownPhoneError(LookupError):
    """Nobody has a phone of that number."""


class UnknownMessageError(LookupError):
    """There is no such message in the thread."""


class Phone:
    """One person's phone. The two locks keep the first calls of the webhook in the order of what happened.

    `ahead_seconds` is how far Meta's clock runs ahead for this conversation: only the 24-hour window knows of it.
    """

    def __init__(self, person: Person, events: EventLog) -> None:
        self.person = person
        self._bubbles: dict[str, ChatMessage] = {}
        self.typing = False
        self.ahead_seconds = 0.0
        self.message_order = asyncio.Lock()
        self.status_order = asyncio.Lock()
        self._events = events
        self._wrote_at: float | None = None
        self._typing_ends: asyncio.TimerHandle | None = None

    @property
    def messages(self) -> Sequence[ChatMessage]:
        """The bubbles, oldest first."""
        return tuple(self._bubbles.values())

    @property
    def unread(self) -> int:
        return sum(1 for message in self.messages if message.author is Author.BUSINESS and not message.seen)

    @property
    def now(self) -> float:
        return time.time() + self.ahead_seconds

    def window_open(self, *, strict: bool) -> bool:
        """Whether the person wrote within 24 hours; who never wrote counts as having done so unless `strict`."""
        if self._wrote_at is None:
            return not strict
        return self.now - self._wrote_at < WINDOW_SECONDS

    def open_window(self, *, age_seconds: float = 0.0) -> None:
        """The person wrote, so many seconds ago."""
        self._wrote_at = max(self._wrote_at or 0.0, self.now - age_seconds)

    def find(self, message_id: str) -> ChatMessage:
        """The message of that id.

        Raises:
            UnknownMessageError: there is none in this thread.
        """
        if message_id not in self._bubbles:
            raise UnknownMessageError(message_id)
        return self._bubbles[message_id]

    def add(self, message: ChatMessage) -> None:
        self._bubbles[message.id] = message
        self._publish("message", message.as_json())
        if message.author is Author.BUSINESS:
            self.show_typing(on=False)

    def changed(self, message: ChatMessage) -> None:
        """Something about a bubble is different now, for everybody who watches."""
        if message.id in self._bubbles:
            self._publish("status", message.as_json())

    def tick(self, message: ChatMessage, status: Tick) -> None:
        """A message came further; ticks never go back."""
        if status.comes_after(message.status):
            message.status = status
            self.changed(message)

    def reported(self, message: ChatMessage, attempt: Attempt) -> None:
        """A call of the webhook about this message ended so; one that was not taken waits to be delivered."""
        match attempt:
            case Attempt.ANSWERED:
                self.tick(message, Tick.DELIVERED)
            case Attempt.REFUSED:
                message.attempts += 1
                self.changed(message)
            case Attempt.ABANDONED if message.status is Tick.ACCEPTED:
                self.tick(message, Tick.FAILED)

    def mark_read(self, message: ChatMessage) -> None:
        """The business read this message, and with it the earlier ones of the same group, or of none.

        What is no bubble comes after all of them.
        """
        for earlier in self.messages:
            readable = earlier.author is Author.PERSON and earlier.type != "system"
            if readable and earlier.group_id == message.group_id:
                self.tick(earlier, Tick.READ)
            if earlier is message:
                return

    def open_thread(self) -> tuple[ChatMessage, ...]:
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

    def __contains__(self, number: str) -> bool:
        return number in self._by_number

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
            self._put(person, Phone(person, self._events))
        return self._by_number[person.number]

    def replace(self, phone: Phone, person: Person) -> None:
        """Who has this phone is called or numbered otherwise from now on; the old number reaches nobody."""
        del self._by_number[phone.person.number], self._by_user_id[phone.person.user_id]
        phone.person = person
        for message in phone.messages:
            message.number = person.number
        self._put(person, phone)

    def _put(self, person: Person, phone: Phone) -> None:
        self._by_number[person.number] = self._by_user_id[person.user_id] = phone
