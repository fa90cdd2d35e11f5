"""What employees of the business do in the WhatsApp Business app. The webhook is called with an echo of it."""

from simulator.phone import annotations
from simulator.phone.drafts import ImpossibleActionError, text_draft
from simulator.state.chat_messages import Author, ChatMessage, DeliveryStatus
from simulator.state.phones import Phone, Phones
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire_changes import echo_change


class BusinessApp:
    """The WhatsApp Business app. Each method returns the echo.

    A method with a `message_id` raises UnknownMessageError when the thread has no such message.
    """

    def __init__(self, *, phones: Phones, webhook_queue: WebhookQueue) -> None:
        self._phones = phones
        self._webhook_queue = webhook_queue

    def write(self, *, number: str, text: str) -> ChatMessage:
        """Write to the person with this number."""
        phone, draft = self._phones[number], text_draft(text)
        message = _echo(phone, draft.type, draft.body, draft.content)
        phone.add(message)
        return self._send_echo(phone, message)

    def react(self, *, number: str, message_id: str, emoji: str) -> ChatMessage:
        """React to a message of the thread. An empty emoji removes the reaction."""
        phone = self._phones[number]
        target = phone.find(message_id)
        content = annotations.react(phone, target, Author.BUSINESS, emoji)
        return self._send_echo(phone, _echo(phone, "reaction", emoji, content))

    def edit(self, *, number: str, message_id: str, text: str) -> ChatMessage:
        """Edit a message that an employee wrote.

        Raises:
            ImpossibleActionError: no employee wrote it.
        """
        phone = self._phones[number]
        content = annotations.edit(phone, _find_own(phone, message_id), text)
        return self._send_echo(phone, _echo(phone, "edit", text, content))

    def revoke(self, *, number: str, message_id: str) -> ChatMessage:
        """Delete for everyone a message that an employee wrote.

        Raises:
            ImpossibleActionError: no employee wrote it.
        """
        phone = self._phones[number]
        content = annotations.revoke(phone, _find_own(phone, message_id))
        return self._send_echo(phone, _echo(phone, "revoke", "", content))

    def _send_echo(self, phone: Phone, message: ChatMessage) -> ChatMessage:
        change = echo_change(self._webhook_queue.caller.business, phone.person, message)
        self._webhook_queue.enqueue(change, order=phone.message_order)
        return message


def _echo(phone: Phone, kind: str, body: str, content: object) -> ChatMessage:
    return ChatMessage(
        number=phone.person.number,
        author=Author.BUSINESS,
        type=kind,
        body=body,
        content=content,
        status=DeliveryStatus.DELIVERED,
        human=True,
    )


def _find_own(phone: Phone, message_id: str) -> ChatMessage:
    target = phone.find(message_id)
    if not target.human:
        raise ImpossibleActionError("that message was not written in the WhatsApp Business app")
    return target
