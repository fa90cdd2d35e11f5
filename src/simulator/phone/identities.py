"""Changes of a person's identity: another number, user id or security code."""

import functools
import time

from attrs import evolve

from simulator.phone.drafts import ImpossibleActionError
from simulator.state.chat_messages import Author, ChatMessage, new_wamid
from simulator.state.phones import Phone, Phones
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire import Change
from simulator.webhooks.wire_identities import new_number_change, security_code_change, user_id_change


class Identities:
    """Changes who a person is for the business. The thread stays.

    A change that the phone does not show otherwise becomes a system message in the thread.
    """

    def __init__(self, *, phones: Phones, webhook_queue: WebhookQueue) -> None:
        self._phones = phones
        self._webhook_queue = webhook_queue

    def change_number(self, *, number: str, new: str) -> None:
        """Give the person another number, and so another user id.

        Raises:
            ImpossibleActionError: another person has the number.
        """
        if new in self._phones:
            raise ImpossibleActionError(f"another person has the number {new}")
        phone, business, at = self._phones[number], self._webhook_queue.caller.business, time.time()
        before, after = phone.person, evolve(phone.person, number=new)
        self._phones.replace(phone, after)
        changes = (
            new_number_change(business, before, after, message_id=new_wamid(), at=at),
            user_id_change(business, before, after, at=at),
        )
        for change in changes:
            self._webhook_queue.enqueue(change, order=phone.message_order)

    def change_user_id(self, *, number: str) -> ChatMessage:
        """Give the person another user id. The number stays. Returns the system message."""
        phone = self._phones[number]
        before, after = phone.person, evolve(phone.person, user_id_changes=phone.person.user_id_changes + 1)
        self._phones.replace(phone, after)
        message = _system_message(phone, f"Another user id: {after.user_id}")
        self._announce(
            phone, message, user_id_change(self._webhook_queue.caller.business, before, after, at=message.at)
        )
        return message

    def change_security_code(self, *, number: str) -> ChatMessage:
        """The person installs WhatsApp again, for example on another phone. Returns the system message."""
        phone = self._phones[number]
        message, business = _system_message(phone, "Another security code"), self._webhook_queue.caller.business
        self._announce(
            phone, message, security_code_change(business, phone.person, message_id=message.id, at=message.at)
        )
        return message

    def _announce(self, phone: Phone, message: ChatMessage, change: Change) -> None:
        phone.add(message)
        self._webhook_queue.enqueue(
            change, order=phone.message_order, on_attempt=functools.partial(phone.record_attempt, message)
        )


def _system_message(phone: Phone, body: str) -> ChatMessage:
    return ChatMessage(number=phone.person.number, author=Author.PERSON, type="system", body=body)
