"""What somebody of the business does in the WhatsApp Business app, and how the webhook hears of it."""

from simulator.phone import annotations
from simulator.phone.drafts import ImpossibleDraftError, text
from simulator.state.chat_messages import Author, ChatMessage, Tick
from simulator.state.phones import Phone, Phones
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire_changes import echo_change


class BusinessApp:
    """Where a message is named, UnknownMessageError is raised for one that is not in the thread."""

    def __init__(self, *, phones: Phones, webhook_queue: WebhookQueue) -> None:
        self._phones = phones
        self._webhook_queue = webhook_queue

    def write(self, *, number: str, words: str) -> ChatMessage:
        """Write to the person with this number."""
        phone, said = self._phones[number], text(words)
        message = _echo(phone, said.type, said.body, said.content)
        phone.add(message)
        return self._tell(phone, message)

    def react(self, *, number: str, message_id: str, emoji: str) -> ChatMessage:
        """Put an emoji at a bubble; an empty one takes it back."""
        phone = self._phones[number]
        target = phone.find(message_id)
        content = annotations.react(phone, target, Author.BUSINESS, emoji)
        return self._tell(phone, _echo(phone, "reaction", emoji, content))

    def edit(self, *, number: str, message_id: str, words: str) -> ChatMessage:
        """Change what a colleague wrote.

        Raises:
            ImpossibleDraftError: no colleague did.
        """
        phone = self._phones[number]
        content = annotations.edit(phone, _written_by_hand(phone, message_id), words)
        return self._tell(phone, _echo(phone, "edit", words, content))

    def revoke(self, *, number: str, message_id: str) -> ChatMessage:
        """Delete for everyone what a colleague wrote.

        Raises:
            ImpossibleDraftError: no colleague did.
        """
        phone = self._phones[number]
        content = annotations.revoke(phone, _written_by_hand(phone, message_id))
        return self._tell(phone, _echo(phone, "revoke", "", content))

    def _tell(self, phone: Phone, message: ChatMessage) -> ChatMessage:
        change = echo_change(self._webhook_queue.caller.business, phone.person, message)
        self._webhook_queue.post(change, order=phone.message_order)
        return message


def _echo(phone: Phone, kind: str, body: str, content: object) -> ChatMessage:
    return ChatMessage(
        number=phone.person.number,
        author=Author.BUSINESS,
        type=kind,
        body=body,
        content=content,
        status=Tick.DELIVERED,
        human=True,
    )


def _written_by_hand(phone: Phone, message_id: str) -> ChatMessage:
    target = phone.find(message_id)
    if not target.human:
        raise ImpossibleDraftError("no colleague wrote that message")
    return target
