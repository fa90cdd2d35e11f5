"""The sends of the business: accepted or refused, and shown on the phone."""

import time
from collections.abc import Mapping, Sequence

from attrs import evolve, field, frozen

from simulator.graph_api.delivery import Delivery
from simulator.graph_api.errors import invalid_parameter
from simulator.graph_api.links import file_of
from simulator.graph_api.requests import SendRequest
from simulator.graph_api.send_policy import SendPolicy
from simulator.graph_api.templates import Templates
from simulator.state.chat_messages import Author, ChatMessage, DeliveryStatus
from simulator.state.groups import Groups
from simulator.state.media import MediaShelf
from simulator.state.phones import Phone, Phones, UnknownPhoneError
from simulator.state.thread import UnknownMessageError
from simulator.webhooks.meta_errors import webhook_error
from simulator.webhooks.queue import WebhookQueue

INVALID_VALUE = 131009


@frozen(kw_only=True)
class SentRecord:
    """One accepted send, for an audit. `to` is the recipient without a plus sign. `at` is in unix seconds."""

    wamid: str
    to: str
    body: str
    type: str = "text"
    content: object = field(factory=dict)
    reply_to: str | None = None
    reference: str | None = None
    at: float = field(factory=time.time)


class Outbound:
    """Accepts the sends of the business. `sent` has all accepted sends, for an audit."""

    def __init__(self, *, phones: Phones, groups: Groups, media: MediaShelf, webhook_queue: WebhookQueue) -> None:
        self.sent: list[SentRecord] = []
        self.templates = Templates()
        self._phones = phones
        self._groups = groups
        self._media = media
        self._webhook_queue = webhook_queue
        self._send_policy = SendPolicy(webhook_queue.caller)
        self.delivery = Delivery(media=media, webhook_queue=webhook_queue, send_policy=self._send_policy)

    def accept(self, request: SendRequest) -> ChatMessage:
        """Show a message on the phone, and report its delivery status.

        Raises:
            GraphError: Meta refuses the message.
        """
        phone = self._phone(request)
        self._send_policy.refuse_on_purpose(request)
        message = self._message(request, phone)
        self._send_policy.refuse_outside_window(request, phone)
        self._send_policy.refuse_over_rate(request)
        self._record(request, message)
        members = self._groups.phones_of(request.address) if request.group else ()
        if members:
            self._show_to_group(members, message)
        elif not request.lost:
            self._show(phone, message)
            self._webhook_queue.run_in_background(self.delivery.deliver(phone, message))
        return message

    def open_thread(self, phone: Phone) -> None:
        """The person opens the thread. The delivered messages of the business are now read."""
        for message in phone.open_thread():
            if message.status is DeliveryStatus.DELIVERED and not message.human:
                self.delivery.send_status(phone, message, DeliveryStatus.READ)

    def play(self, phone: Phone, message_id: str) -> None:
        """The person plays a voice note of the business.

        Raises:
            UnknownMessageError: the thread has no such message.
        """
        message = phone.find(message_id)
        if message.author is Author.BUSINESS and DeliveryStatus.PLAYED.comes_after(message.status):
            self.delivery.send_status(phone, message, DeliveryStatus.PLAYED)

    def _phone(self, request: SendRequest) -> Phone | None:
        try:
            return self._phones[request.address] if not (request.lost or request.group) else None
        except UnknownPhoneError:
            return None

    def _message(self, request: SendRequest, phone: Phone | None) -> ChatMessage:
        body, quick_replies = self._text(request)
        return ChatMessage(
            number=phone.person.number if phone else request.address,
            author=Author.BUSINESS,
            body=body,
            type=request.type,
            content=request.content,
            media_id=self._uploaded(request),
            quick_replies=tuple(quick_replies),
            reference=request.reference,
            reply_to=request.reply_to,
            group_id=request.address if request.group else None,
        )

    def _text(self, request: SendRequest) -> tuple[str, Sequence[Mapping[str, str]]]:
        if request.type == "template":
            return self.templates.fill(request.content)
        return request.body, ()

    def _uploaded(self, request: SendRequest) -> str | None:
        file = file_of(request.type, request.content)
        if file is None or "id" not in file[1]:
            return None
        media = self._media.get(str(file[1]["id"]))
        if media is None or time.time() - media.at >= self._webhook_queue.caller.control.uploads_seconds:
            details = f"{file[1]['id']} is not a valid whatsapp business account media attachment ID"
            raise invalid_parameter(details)
        return media.id

    def _record(self, request: SendRequest, message: ChatMessage) -> None:
        self.sent.append(
            SentRecord(
                wamid=message.id,
                to=request.address,
                body=message.body,
                type=message.type,
                content=message.content,
                reply_to=message.reply_to,
                reference=message.reference,
            )
        )

    def _show_to_group(self, members: Sequence[Phone], message: ChatMessage) -> None:
        """Each member has a copy of the message, with its own delivery status."""
        copies = [(phone, evolve(message, number=phone.person.number, reactions={})) for phone in members]
        for phone, copy in copies:
            phone.add(copy)
        self._webhook_queue.run_in_background(self.delivery.deliver_to_group(copies))

    def _show(self, phone: Phone | None, message: ChatMessage) -> None:
        if phone is None:
            return
        if message.type != "reaction":
            phone.add(message)
            return
        try:
            target = phone.find(message.content["message_id"])
        except UnknownMessageError:
            message.error = webhook_error(INVALID_VALUE, details="There is no such message to react to.")
        else:
            target.react(Author.BUSINESS, message.content["emoji"])
            phone.changed(target)
