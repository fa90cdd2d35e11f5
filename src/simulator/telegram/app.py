"""What people do in the Telegram app. The bot gets an update of each of these.

Source: Telegram, "Bot API" 10.1, "Update" and the types of its fields.
"""

import functools
import time
from collections.abc import Callable, Mapping

from simulator.phone.drafts import Draft, ImpossibleActionError
from simulator.state.business import Person
from simulator.state.chat_messages import TELEGRAM, Attempt, Author, ChatMessage
from simulator.state.media import MediaShelf
from simulator.state.phones import Phones
from simulator.telegram.bot import Bot
from simulator.telegram.chats import Chat, Chats
from simulator.telegram.formatting import command_entities
from simulator.telegram.inbound import wire_content
from simulator.telegram.reactions import wire_reaction
from simulator.telegram.taps import Taps
from simulator.telegram.updates import Updates


class App:
    """The actions of people in their chats with the bot. Each returns the message that it is about.

    A method with a `message_id` raises UnknownMessageError when the chat has no such message.
    """

    def __init__(
        self, *, bot: Callable[[], Bot], phones: Phones, chats: Chats, media: MediaShelf, updates: Updates, taps: Taps
    ) -> None:
        self._bot = bot
        self._phones = phones
        self._chats = chats
        self._media = media
        self._updates = updates
        self._taps = taps

    def send(
        self, *, number: str, draft: Draft, forwarded: bool = False, quote: str = "", album: str = ""
    ) -> ChatMessage:
        """The person sends a message. A new number gets a phone. `quote`: the words that they chose to reply to.

        Telegram sends each part of an album as a message of its own. They share the id `album`.

        Raises:
            ImpossibleActionError: Telegram has no such message.
        """
        self._phones.add(Person(number=number, name=f"+{number}"))
        chat = self._chats.of(number)
        wire: dict[str, object] = dict(wire_content(draft, chat, self._media))
        if draft.reply_to:
            wire["reply_to_message"] = chat.wire[int(chat.find(draft.reply_to).id)]
            wire |= {"quote": {"text": quote, "position": 0, "is_manual": True}} if quote else {}
        if album:
            wire["media_group_id"] = album
        if forwarded:
            wire["forward_origin"] = {"type": "hidden_user", "sender_user_name": "Carla", "date": int(time.time())}
        if chat.blocked:
            self.block(number=number, blocked=False)
        chat.started = True
        return self._put(chat, self._message(chat, draft, forwarded=forwarded), wire)

    def share_own_contact(self, *, number: str, reply_to: str | None = None) -> ChatMessage:
        """The person shares their own number. Telegram proves with the user id that it is theirs."""
        person = self._phones[number].person
        card = {"name": {"formatted_name": person.name}, "phones": [{"phone": f"+{number}"}], "own": True}
        return self.send(
            number=number, draft=Draft(type="contacts", body=person.name, content=[card], reply_to=reply_to)
        )

    def tap(self, *, number: str, message_id: str, data: str) -> ChatMessage:
        """The person taps a button below a message. It spins until the bot answers the callback query.

        Raises:
            ImpossibleActionError: the message has no such button.
        """
        chat = self._chats.of(number)
        message = chat.find(message_id)
        rows = (message.content.get("reply_markup") or {}).get("inline_keyboard") or ()
        if not any(button.get("callback_data") == data for row in rows for button in row):
            raise ImpossibleActionError(f"message {message_id} has no button {data!r}")
        query = self._taps.begin(chat, message, data)
        about = {"id": query, "from": chat.user, "message": chat.wire[int(message_id)], "chat_instance": str(chat.id)}
        self._update(chat, "callback_query", {**about, "data": data})
        return message

    def react(self, *, number: str, message_id: str, emoji: str) -> ChatMessage:
        """The person reacts to a message. An empty emoji removes the reaction."""
        chat = self._chats.of(number)
        message = chat.find(message_id)
        before = message.reactions.get(Author.PERSON.value, "")
        message.react(Author.PERSON, emoji)
        chat.changed(message)
        changes = {"old_reaction": wire_reaction(before), "new_reaction": wire_reaction(emoji)}
        about = {"chat": chat.as_wire, "message_id": int(message_id), "user": chat.user, "date": int(time.time())}
        self._update(chat, "message_reaction", {**about, **changes})
        return message

    def edit(self, *, number: str, message_id: str, text: str) -> ChatMessage:
        """The person edits a text or a caption of their own.

        Raises:
            ImpossibleActionError: another wrote it, or it has no text.
        """
        chat = self._chats.of(number)
        message = chat.find(message_id)
        name = "text" if message.type == "text" else "caption"
        if message.author is not Author.PERSON or name not in (wire := chat.wire[int(message_id)]):
            raise ImpossibleActionError("only an own text or caption can be edited")
        marked = {"entities": command_entities(text)} if name == "text" else {}
        chat.wire[int(message_id)] = {**wire, name: text, **marked, "edit_date": int(time.time())}
        message.body, message.edited = text, True
        message.content = {**message.content, "body" if name == "text" else name: text}
        chat.changed(message)
        self._update(chat, "edited_message", chat.wire[int(message_id)])
        return message

    def block(self, *, number: str, blocked: bool) -> None:
        """The person blocks the bot, or lets it write again."""
        chat = self._chats.of(number)
        states = ("kicked", "member") if blocked else ("member", "kicked")
        members = [{"user": self._bot().user, "status": status} for status in states]
        chat.blocked = blocked
        chat.publish("block", {"number": number, "channel": TELEGRAM, "blocked": blocked})
        about = {"chat": chat.as_wire, "from": chat.user, "date": int(time.time())}
        self._update(chat, "my_chat_member", {**about, "new_chat_member": members[0], "old_chat_member": members[1]})

    def _message(self, chat: Chat, draft: Draft, *, forwarded: bool) -> ChatMessage:
        return ChatMessage(
            number=chat.number,
            channel=TELEGRAM,
            author=Author.PERSON,
            id=str(chat.next_number()),
            body=draft.body,
            type=draft.type,
            content={"cards": draft.content} if draft.type == "contacts" else draft.content,
            media_id=draft.media_id,
            reply_to=draft.reply_to,
            context={"forwarded": True} if forwarded else {},
            at=time.time() - draft.age_seconds,
        )

    def _put(self, chat: Chat, message: ChatMessage, content: Mapping[str, object]) -> ChatMessage:
        head = {"message_id": int(message.id), "from": chat.user, "chat": chat.as_wire, "date": int(message.at)}
        chat.put(message, {**head, **content})
        on_attempt = functools.partial(chat.record_attempt, message)
        self._update(chat, "message", chat.wire[int(message.id)], on_attempt=on_attempt)
        return message

    def _update(
        self,
        chat: Chat,
        kind: str,
        content: Mapping[str, object],
        *,
        on_attempt: Callable[[Attempt], None] = lambda _: None,
    ) -> None:
        self._updates.put(kind, chat.id, content, on_attempt=on_attempt)
