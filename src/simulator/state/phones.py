"""The phones of all people: the thread with the business, delivery statuses, and the typing indicator."""

import asyncio
import time
from collections.abc import Iterator

from simulator.state.business import Person
from simulator.state.chat_messages import WHATSAPP, Author, ChatMessage, DeliveryStatus
from simulator.state.events import EventLog
from simulator.state.thread import Thread

TYPING_SECONDS = 25.0
WINDOW_SECONDS = 24 * 3600.0


class UnknownPhoneError(LookupError):
    """No phone has this number or user id."""


class Phone(Thread):
    """The phone of one person, with the thread on WhatsApp.

    The locks `message_order` and `status_order` keep the first calls of the webhook in order. `ahead_seconds` moves
    Meta's clock forward for this conversation. Only the 24-hour window uses that clock.
    """

    def __init__(self, person: Person, events: EventLog) -> None:
        super().__init__(events)
        self.person = person
        self.ahead_seconds = 0.0
        self.message_order = asyncio.Lock()
        self.status_order = asyncio.Lock()
        self._wrote_at: float | None = None

    @property
    def channel(self) -> str:
        return WHATSAPP

    @property
    def number(self) -> str:
        return self.person.number

    @property
    def typing_seconds(self) -> float:
        return TYPING_SECONDS

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
