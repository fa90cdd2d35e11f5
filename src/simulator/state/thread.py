"""The messages between one person and the business on one channel."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence

from simulator.state.chat_messages import Attempt, Author, ChatMessage, DeliveryStatus
from simulator.state.events import EventLog


class UnknownMessageError(LookupError):
    """The thread has no message with this id."""


class Thread(ABC):
    """One thread: its messages, their delivery statuses, and whether the business is typing.

    Every change is published to `events`, under the number of the person.
    """

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self._messages: dict[str, ChatMessage] = {}
        self._typing_ends: asyncio.TimerHandle | None = None
        self.typing = False

    @property
    @abstractmethod
    def channel(self) -> str:
        """The channel of the thread, such as "whatsapp"."""

    @property
    @abstractmethod
    def number(self) -> str:
        """The number of the person, without a plus sign."""

    @property
    @abstractmethod
    def typing_seconds(self) -> float:
        """After this time the typing indicator ends by itself."""

    @property
    def messages(self) -> Sequence[ChatMessage]:
        """The messages, oldest first."""
        return tuple(self._messages.values())

    @property
    def unread(self) -> int:
        return sum(1 for message in self.messages if message.author is Author.BUSINESS and not message.seen)

    def find(self, message_id: str) -> ChatMessage:
        """The message with this id.

        Raises:
            UnknownMessageError: the thread has no such message.
        """
        if message_id not in self._messages:
            raise UnknownMessageError(message_id)
        return self._messages[message_id]

    def shown(self, message: ChatMessage) -> dict[str, object]:
        """The message as JSON, under the present number of the person."""
        return {**message.as_json(), "number": self.number}

    def add(self, message: ChatMessage) -> None:
        self._messages[message.id] = message
        self.publish("message", self.shown(message))
        if message.author is Author.BUSINESS:
            self.show_typing(on=False)

    def changed(self, message: ChatMessage) -> None:
        """Publish the new state of a message of this thread."""
        if message.id in self._messages:
            self.publish("status", self.shown(message))

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

    def open_thread(self) -> tuple[ChatMessage, ...]:
        """Mark the messages of the business as seen. Returns those that were not seen before."""
        new = tuple(message for message in self.messages if message.author is Author.BUSINESS and not message.seen)
        for message in new:
            message.seen = True
        return new

    def show_typing(self, *, on: bool) -> None:
        """Show or hide the typing indicator. It ends by itself, as on a real phone."""
        if self._typing_ends is not None:
            self._typing_ends.cancel()
            self._typing_ends = None
        if on:
            loop = asyncio.get_running_loop()
            self._typing_ends = loop.call_later(self.typing_seconds, lambda: self.show_typing(on=False))
        if on is not self.typing:
            self.typing = on
            self.publish("typing", {"number": self.number, "channel": self.channel, "typing": on})

    def publish(self, kind: str, data: dict[str, object]) -> None:
        self._events.publish(number=self.number, kind=kind, data=data)
