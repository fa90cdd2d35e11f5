"""The phones of all people: the thread with the business, delivery statuses, and the typing indicator."""

import asyncio
import time
from collections.abc import Iterator, Sequence

from simulator.state.business import Person
from simulator.state.chat_messages import Attempt, Author, ChatMessage, DeliveryStatus
from simulator.state.events import EventLog

TYPING_SECONDS = 25.0
WINDOW_SECONDS = 24 * 3600.0


class UnknownPhoneError(LookupError):
    """No phone has this number or user id."""


class UnknownMessageError(LookupError):
    """The thread has no message with this id."""


class Phone:
    """The phone of one person.

    The locks `message_order` and `status_order` keep the first calls of the webhook in order. `ahead_seconds` moves
    Meta's clock forward for this conversation. Only the 24-hour window uses that clock.
    """

    def __init__(self, person: Person, events: EventLog) -> None:
        self.person = person
        self._messages: dict[str, ChatMessage] = {}
        self.typing = False
        self.ahead_seconds = 0.0
        self.message_order = asyncio.Lock()
        self.status_order = asyncio.Lock()
        self._events = events
        self._wrote_at: float | None = None
        self._typing_ends: asyncio.TimerHandle | None = None

    @property
    def messages(self) -> Sequence[ChatMessage]:
        """The messages, oldest first."""
        return tuple(self._messages.values())

    @property
    def unread(self) -> int:
        return sum(1 for message in self.messages if message.author is Author.BUSINESS and not message.seen)

    @property
    def now(self) -> float:
        return time.time() + self.ahead_seconds

    def window_open(self, *, strict: bool) -> bool:
        """Whether the person wrote within 24 hours. For a person who never wrote: whether `strict` is off."""
        if self._wrote_at is None:
            return not strict
        return self.now - self._wrote_at < WINDOW_SECONDS

    def open_window(self, *, age_seconds: float = 0.0) -> None:
        """The person wrote `age_seconds` ago."""
        self._wrote_at = max(self._wrote_at or 0.0, self.now - age_seconds)

    def find(self, message_id: str) -> ChatMessage:
        """The message with this id.

        Raises:
            UnknownMessageError: the thread has no such message.
        """
        if message_id not in self._messages:
            raise UnknownMessageError(message_id)
        return self._messages[message_id]

    def add(self, message: ChatMessage) -> None:
        self._messages[message.id] = message
        self._publish("message", message.as_json())
        if message.author is Author.BUSINESS:
            self.show_typing(on=False)

    def changed(self, message: ChatMessage) -> None:
        """Publish the new state of a message of this thread."""
        if message.id in self._messages:
            self._publish("status", message.as_json())

    def advance(self, message: ChatMessage, status: DeliveryStatus) -> None:
        """Set the delivery status, if it comes after the present one."""
        if status.comes_after(message.status):
            message.status = status
            self.changed(message)

    def record_attempt(self, message: ChatMessage, attempt: Attempt) -> None:
        """Set the status after a call of the webhook about this message. A refused call is counted and repeated."""
        match attempt:
            case Attempt.ANSWERED:
                self.advance(message, DeliveryStatus.DELIVERED)
            case Attempt.REFUSED:
                message.attempts += 1
                self.changed(message)
            case Attempt.ABANDONED if message.status is DeliveryStatus.ACCEPTED:
                self.advance(message, DeliveryStatus.FAILED)

    def mark_read(self, message: ChatMessage) -> None:
        """The business read this message, and with it all earlier ones of the same group, or of none.

        A message that is not in the thread, such as a reaction, counts as later than all that are.
        """
        for earlier in self.messages:
            readable = earlier.author is Author.PERSON and earlier.type != "system"
            if readable and earlier.group_id == message.group_id:
                self.advance(earlier, DeliveryStatus.READ)
            if earlier is message:
                return

    def open_thread(self) -> tuple[ChatMessage, ...]:
        """Mark the messages of the business as seen. Returns those that were not seen before."""
        new = tuple(message for message in self.messages if message.author is Author.BUSINESS and not message.seen)
        for message in new:
            message.seen = True
        return new

    def show_typing(self, *, on: bool) -> None:
        """Show or hide the typing indicator. It ends by itself after 25 seconds, as on a real phone."""
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
            UnknownPhoneError: there is none.
        """
        phone = self._by_number.get(address) or self._by_user_id.get(address)
        if phone is None:
            raise UnknownPhoneError(address)
        return phone

    def add(self, person: Person) -> Phone:
        """Return the phone with this person's number. Make a new phone when there is none."""
        if person.number not in self._by_number:
            self._put(person, Phone(person, self._events))
        return self._by_number[person.number]

    def replace(self, phone: Phone, person: Person) -> None:
        """Give the phone another owner: another number or user id. The old ones reach nobody from now on."""
        del self._by_number[phone.person.number], self._by_user_id[phone.person.user_id]
        phone.person = person
        for message in phone.messages:
            message.number = person.number
        self._put(person, phone)

    def _put(self, person: Person, phone: Phone) -> None:
        self._by_number[person.number] = self._by_user_id[person.user_id] = phone
