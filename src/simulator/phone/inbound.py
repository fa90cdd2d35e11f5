"""What people do on their phones, and how the business hears of it."""

import functools
import time
from collections.abc import Mapping

from simulator.phone import annotations
from simulator.phone.choices import fill, tap
from simulator.phone.drafts import Draft, ImpossibleDraftError
from simulator.state.business import Person
from simulator.state.chat_messages import Author, ChatMessage
from simulator.state.groups import Groups
from simulator.state.media import MediaShelf
from simulator.state.phones import Phone, Phones
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire_changes import message_change


class Inbound:
    """Everything a person can do to a thread. Who has no phone yet gets one by writing.

    Where a message is named, UnknownMessageError is raised for one that is not in the thread.
    """

    def __init__(self, *, phones: Phones, groups: Groups, media: MediaShelf, webhook_queue: WebhookQueue) -> None:
        self._phones = phones
        self._groups = groups
        self._media = media
        self._webhook_queue = webhook_queue
        self._written: dict[str, tuple[Phone, ChatMessage]] = {}

    def written(self, message_id: str) -> tuple[Phone, ChatMessage] | None:
        """What a person sent under this id, and from which phone."""
        return self._written.get(message_id)

    def send(self, *, number: str, draft: Draft) -> ChatMessage:
        """The person sends a message."""
        phone = self._phones.add(Person(number=number, name=f"+{number}"))
        message = self._message(phone, draft)
        phone.add(message)
        self._tell(phone, message, age_seconds=draft.age_seconds)
        return message

    def react(self, *, number: str, message_id: str, emoji: str) -> ChatMessage:
        """The person puts an emoji at a bubble; an empty one takes it back."""
        phone = self._phones[number]
        target = phone.find(message_id)
        return self._mention(phone, target, "reaction", annotations.react(phone, target, Author.PERSON, emoji))

    def tap(self, *, number: str, message_id: str, choice: str) -> ChatMessage:
        """The person taps a button, a row or a quick reply.

        Raises:
            ImpossibleDraftError: the message offers no such thing.
        """
        return self.send(number=number, draft=tap(self._phones[number].find(message_id), choice))

    def fill(self, *, number: str, message_id: str, values: Mapping[str, object]) -> ChatMessage:
        """The person fills in the form behind a message.

        Raises:
            ImpossibleDraftError: the message has no form.
        """
        return self.send(number=number, draft=fill(self._phones[number].find(message_id), values))

    def edit(self, *, number: str, message_id: str, words: str) -> ChatMessage:
        """The person changes a text of their own.

        Raises:
            ImpossibleDraftError: it is none of theirs, or no text.
        """
        phone = self._phones[number]
        target = self._own(phone, message_id)
        if target.type != "text":
            raise ImpossibleDraftError("only a text can be edited")
        return self._mention(phone, target, "edit", annotations.edit(phone, target, words))

    def revoke(self, *, number: str, message_id: str) -> ChatMessage:
        """The person deletes a message of their own for everyone.

        Raises:
            ImpossibleDraftError: it is none of theirs.
        """
        phone = self._phones[number]
        target = self._own(phone, message_id)
        return self._mention(phone, target, "revoke", annotations.revoke(phone, target))

    def _own(self, phone: Phone, message_id: str) -> ChatMessage:
        target = phone.find(message_id)
        if target.author is not Author.PERSON:
            raise ImpossibleDraftError("that is somebody else's message")
        return target

    def _mention(self, phone: Phone, target: ChatMessage, kind: str, content: Mapping[str, object]) -> ChatMessage:
        """Tell of something about a bubble that is no bubble of its own."""
        message = ChatMessage(
            number=phone.person.number,
            author=Author.PERSON,
            body=f"[{kind}]",
            type=kind,
            content=content,
            group_id=target.group_id,
        )
        self._tell(phone, message)
        return message

    def _message(self, phone: Phone, draft: Draft) -> ChatMessage:
        quoted = self._quoted(phone, draft.reply_to) if draft.reply_to else {}
        return ChatMessage(
            number=phone.person.number,
            author=Author.PERSON,
            body=draft.body,
            type=draft.type,
            content=draft.content,
            media_id=draft.media_id,
            reply_to=draft.reply_to,
            group_id=draft.group_id,
            context={**quoted, **draft.context},
            referral=draft.referral,
            error=draft.error,
            at=time.time() - draft.age_seconds,
        )

    def _quoted(self, phone: Phone, message_id: str) -> Mapping[str, object]:
        """Meta names the quoted message and who wrote it, not what it said."""
        quoted = phone.find(message_id)
        if quoted.author is Author.BUSINESS:
            return {"from": self._webhook_queue.caller.business.phone, "id": message_id}
        number = {} if phone.person.hides_number else {"from": phone.person.number}
        return {**number, "id": message_id}

    def _tell(self, phone: Phone, message: ChatMessage, *, age_seconds: float = 0.0) -> None:
        self._written[message.id] = phone, message
        if message.group_id is None:
            phone.open_window(age_seconds=age_seconds)
        else:
            self._groups.join(message.group_id, phone)
        media = self._media.get(message.media_id) if message.media_id is not None else None
        url = self._media.address(media) if media is not None and self._media.base_url else None
        change = message_change(self._webhook_queue.caller.business, phone.person, message, media_url=url)
        report = functools.partial(phone.reported, message)
        self._webhook_queue.post(change, order=phone.message_order, report=report)
