"""People who become somebody else to the business: another number, another user id, another security code."""

import functools
import time

from attrs import evolve

from simulator.phone.drafts import ImpossibleDraftError
from simulator.state.chat_messages import Author, ChatMessage, new_wamid
from simulator.state.phones import Phone, Phones
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire import Change
from simulator.webhooks.wire_identities import new_number_change, security_code_change, user_id_change


class Identities:
    """Every person keeps the thread. What one cannot see of it is a note in there, with ticks of its own."""

    def __init__(self, *, phones: Phones, webhook_queue: WebhookQueue) -> None:
        self._phones = phones
        self._webhook_queue = webhook_queue

    def change_number(self, *, number: str, new: str) -> None:
        """The person moves to another number, and so has another user id.

        Raises:
            ImpossibleDraftError: somebody has that number.
        """
        if new in self._phones:
            raise ImpossibleDraftError(f"somebody has the number {new}")
        phone, business, at = self._phones[number], self._webhook_queue.caller.business, time.time()
        before, after = phone.person, evolve(phone.person, number=new)
        self._phones.replace(phone, after)
        changes = (
            new_number_change(business, before, after, message_id=new_wamid(), at=at),
            user_id_change(business, before, after, at=at),
        )
        for change in changes:
            self._webhook_queue.post(change, order=phone.message_order)

    def change_user_id(self, *, number: str) -> ChatMessage:
        """Meta gives the person another user id; the number stays."""
        phone = self._phones[number]
        before, after = phone.person, evolve(phone.person, user_id_changes=phone.person.user_id_changes + 1)
        self._phones.replace(phone, after)
        note = _note(phone, f"Another user id: {after.user_id}")
        self._tell(phone, note, user_id_change(self._webhook_queue.caller.business, before, after, at=note.at))
        return note

    def change_security_code(self, *, number: str) -> ChatMessage:
        """The person sets WhatsApp up anew, on another phone for instance."""
        phone = self._phones[number]
        note, business = _note(phone, "Another security code"), self._webhook_queue.caller.business
        self._tell(phone, note, security_code_change(business, phone.person, message_id=note.id, at=note.at))
        return note

    def _tell(self, phone: Phone, note: ChatMessage, change: Change) -> None:
        phone.add(note)
        self._webhook_queue.post(change, order=phone.message_order, report=functools.partial(phone.reported, note))


def _note(phone: Phone, body: str) -> ChatMessage:
    return ChatMessage(number=phone.person.number, author=Author.PERSON, type="system", body=body)
