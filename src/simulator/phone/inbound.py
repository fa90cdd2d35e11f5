"""What people send and do in their threads. The webhook is called with each of these messages."""

import functools
import time
from collections.abc import Mapping

from simulator.phone import annotations
from simulator.phone.choices import fill, tap
from simulator.phone.drafts import Draft, ImpossibleActionError
from simulator.state.business import Person
from simulator.state.chat_messages import Author, ChatMessage
from simulator.state.groups import Groups
from simulator.state.media import MediaShelf
from simulator.state.phones import Phone, Phones
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire_changes import message_change


class Inbound:
    """The actions of people. Each method returns the message for the webhook.

    A method with a `message_id` raises UnknownMessageError when the thread has no such message.
    """

    def __init__(self, *, phones: Phones, groups: Groups, media: MediaShelf, webhook_queue: WebhookQueue) -> None:
        self._phones = phones
        self._groups = groups
        self._media = media
        self._webhook_queue = webhook_queue
        self._sent: dict[str, tuple[Phone, ChatMessage]] = {}

    def find(self, message_id: str) -> tuple[Phone, ChatMessage] | None:
        """The message with this id that a person sent, and the phone. None when there is none."""
        return self._sent.get(message_id)

    def send(self, *, number: str, draft: Draft) -> ChatMessage:
        """The person sends a message. A new number gets a phone."""
        phone = self._phones.add(Person(number=number, name=f"+{number}"))
        message = self._message(phone, draft)
        phone.add(message)
        self._send(phone, message, age_seconds=draft.age_seconds)
        return message

    def react(self, *, number: str, message_id: str, emoji: str) -> ChatMessage:
        """The person reacts to a message. An empty emoji removes the reaction."""
        phone = self._phones[number]
        target = phone.find(message_id)
        return self._send_annotation(phone, target, "reaction", annotations.react(phone, target, Author.PERSON, emoji))

    def tap(self, *, number: str, message_id: str, choice: str) -> ChatMessage:
        """The person taps a button, a row of a list or a quick reply. `choice` is its id.

        Raises:
            ImpossibleActionError: the message has no such choice.
        """
        return self.send(number=number, draft=tap(self._phones[number].find(message_id), choice))

    def fill(self, *, number: str, message_id: str, values: Mapping[str, object]) -> ChatMessage:
        """The person fills in and sends the form of a message.

        Raises:
            ImpossibleActionError: the message has no form.
        """
        return self.send(number=number, draft=fill(self._phones[number].find(message_id), values))

    def edit(self, *, number: str, message_id: str, text: str) -> ChatMessage:
        """The person edits a text of their own.

        Raises:
            ImpossibleActionError: another wrote it, or it is not a text.
        """
        phone = self._phones[number]
        target = self._find_own(phone, message_id)
        if target.type != "text":
            raise ImpossibleActionError("only a text can be edited")
        return self._send_annotation(phone, target, "edit", annotations.edit(phone, target, text))

    def revoke(self, *, number: str, message_id: str) -> ChatMessage:
        """The person deletes a message of their own for everyone.

        Raises:
            ImpossibleActionError: another wrote it.
        """
        phone = self._phones[number]
        target = self._find_own(phone, message_id)
        return self._send_annotation(phone, target, "revoke", annotations.revoke(phone, target))

    def _find_own(self, phone: Phone, message_id: str) -> ChatMessage:
        target = phone.find(message_id)
        if target.author is not Author.PERSON:
            raise ImpossibleActionError("the person did not write that message")
        return target

    def _send_annotation(
        self, phone: Phone, target: ChatMessage, kind: str, content: Mapping[str, object]
    ) -> ChatMessage:
        """Send a reaction, an edit or a deletion of `target`. It is no message of the thread."""
        message = ChatMessage(
            number=phone.person.number,
            author=Author.PERSON,
            body=f"[{kind}]",
            type=kind,
            content=content,
            group_id=target.group_id,
        )
        self._send(phone, message)
        return message

    def _message(self, phone: Phone, draft: Draft) -> ChatMessage:
        quoted = self._reply_context(phone, draft.reply_to) if draft.reply_to else {}
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

    def _reply_context(self, phone: Phone, message_id: str) -> Mapping[str, object]:
        """The context of a reply: the id and the author of the quoted message, not its text."""
        quoted = phone.find(message_id)
        if quoted.author is Author.BUSINESS:
            return {"from": self._webhook_queue.caller.business.phone, "id": message_id}
        number = {} if phone.person.hides_number else {"from": phone.person.number}
        return {**number, "id": message_id}

    def _send(self, phone: Phone, message: ChatMessage, *, age_seconds: float = 0.0) -> None:
        self._sent[message.id] = phone, message
        if message.group_id is None:
            phone.open_window(age_seconds=age_seconds)
        else:
            self._groups.join(message.group_id, phone)
        media = self._media.get(message.media_id) if message.media_id is not None else None
        url = self._media.address(media) if media is not None and self._media.base_url else None
        change = message_change(self._webhook_queue.caller.business, phone.person, message, media_url=url)
        on_attempt = functools.partial(phone.record_attempt, message)
        self._webhook_queue.enqueue(change, order=phone.message_order, on_attempt=on_attempt)
