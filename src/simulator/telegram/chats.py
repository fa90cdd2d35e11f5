"""The private chats between people and the bot."""

import hashlib
import itertools
from collections.abc import Mapping

from simulator.state.chat_messages import TELEGRAM, ChatMessage
from simulator.state.events import EventLog
from simulator.state.phones import Phone, Phones
from simulator.state.thread import Thread
from simulator.telegram.errors import BotApiError, bad_request, forbidden

TYPING_SECONDS = 5.0
FIRST_USER_ID = 10**9

type Wire = Mapping[str, object]


class Chat(Thread):
    """The private chat of one person. Its id is the id of the person, who keeps it with another number.

    The bot cannot write before the person has, nor while they block it. `wire` has the messages as Telegram sends them.
    """

    def __init__(self, phone: Phone, events: EventLog) -> None:
        super().__init__(events)
        self.phone = phone
        digest = hashlib.sha256(f"telegram/{phone.number}".encode()).digest()
        self.id = FIRST_USER_ID + int.from_bytes(digest) % (9 * FIRST_USER_ID)
        self.started = False
        self.blocked = False
        self.wire: dict[int, Wire] = {}
        self._numbers = itertools.count(1)

    @property
    def channel(self) -> str:
        return TELEGRAM

    @property
    def number(self) -> str:
        return self.phone.number

    @property
    def typing_seconds(self) -> float:
        return TYPING_SECONDS

    @property
    def user(self) -> dict[str, object]:
        """The person as the sender of a message."""
        person = self.phone.person
        first, _, last = person.name.partition(" ")
        names = {"first_name": first, **({"last_name": last} if last else {})}
        username = person.username.replace(".", "_")
        return {"id": self.id, "is_bot": False, **names, "username": username, "language_code": person.language}

    @property
    def as_wire(self) -> dict[str, object]:
        user = self.user
        return {name: user[name] for name in ("id", "first_name", "last_name", "username") if name in user} | {
            "type": "private"
        }

    def next_number(self) -> int:
        """The number of the next message. Telegram counts the messages of each chat."""
        return next(self._numbers)

    def put(self, message: ChatMessage, wire: Wire) -> None:
        """Show a new message, whose id is its number."""
        self.wire[int(message.id)] = wire
        self.add(message)


class Chats:
    """The chats of all phones."""

    def __init__(self, phones: Phones, events: EventLog) -> None:
        self._phones = phones
        self._events = events
        self._by_phone: dict[Phone, Chat] = {}

    def of(self, number: str) -> Chat:
        """The chat of the phone with this number.

        Raises:
            UnknownPhoneError: nobody has the number.
        """
        phone = self._phones[number]
        if phone not in self._by_phone:
            self._by_phone[phone] = Chat(phone, self._events)
        return self._by_phone[phone]

    def reached(self, chat_id: object) -> Chat:
        """The chat with this id, for the bot to write to.

        Raises:
            BotApiError: there is none, or the person does not let the bot write.
        """
        chat = next((chat for chat in self._by_phone.values() if chat.id == chat_id), None)
        if chat is None:
            raise bad_request("chat not found")
        if refusal := self._refusal(chat):
            raise refusal
        return chat

    def close(self) -> None:
        for chat in self._by_phone.values():
            chat.show_typing(on=False)

    def _refusal(self, chat: Chat) -> BotApiError | None:
        if chat.blocked:
            return forbidden("bot was blocked by the user")
        return None if chat.started else forbidden("bot can't initiate conversation with a user")
