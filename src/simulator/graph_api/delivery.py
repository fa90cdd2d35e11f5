"""Delivers a message of the business to its phone, and reports each delivery status to the webhook."""

import asyncio
import functools
import time
from collections.abc import Sequence

import httpx

from simulator.graph_api.links import LinkUnusableError, fetch, file_of
from simulator.graph_api.send_policy import SendPolicy
from simulator.state.business import Person
from simulator.state.chat_messages import Attempt, ChatMessage, DeliveryStatus
from simulator.state.media import MediaShelf
from simulator.state.phones import Phone
from simulator.webhooks.meta_errors import webhook_error
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire import Change
from simulator.webhooks.wire_changes import group_status_change, status_change

MEDIA_UPLOAD_ERROR = 131053

type Copies = Sequence[tuple[Phone, ChatMessage]]


class Delivery:
    """Delivers messages in the background.

    `confirmed_at` is for an audit: by message id, when the webhook first accepted a status of it, in unix seconds.
    """

    def __init__(self, *, media: MediaShelf, webhook_queue: WebhookQueue, send_policy: SendPolicy) -> None:
        self.confirmed_at: dict[str, float] = {}
        self._media = media
        self._webhook_queue = webhook_queue
        self._send_policy = send_policy
        self._client = httpx.AsyncClient(trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def deliver(self, phone: Phone | None, message: ChatMessage) -> None:
        """Deliver a message to its phone, and report each status in order."""
        if phone is not None and message.error is None:
            message.error = await self._late_error(phone, message)
        if phone is None or message.error is not None:
            self.send_status(phone, message, DeliveryStatus.FAILED)
            return
        for status in self._statuses(message):
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self.send_status(phone, message, status)
        if message.seen:
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self.send_status(phone, message, DeliveryStatus.READ)

    async def deliver_to_group(self, copies: Copies) -> None:
        """Deliver the copies of a message to the phones of a group. Report each status for all of them at once."""
        for phone, message in copies:
            message.error = await self._late_error(phone, message)
        message = copies[0][1]
        for status in (DeliveryStatus.FAILED,) if message.error else self._statuses(message):
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self._send_group_status(copies, status)
        if seen := [(phone, copy) for phone, copy in copies if copy.seen and not copy.error]:
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self._send_group_status(seen, DeliveryStatus.READ)

    def send_status(self, phone: Phone | None, message: ChatMessage, status: DeliveryStatus) -> None:
        """Set and report the status of a message. `phone` is None when nobody has the number."""
        order = asyncio.Lock()
        if phone is not None:
            order = phone.status_order
            phone.advance(message, status)
        self._report([phone.person] if phone else [], message, status, order)

    def _send_group_status(self, copies: Copies, status: DeliveryStatus) -> None:
        for phone, message in copies:
            phone.advance(message, status)
        first, message = copies[0]
        self._report([phone.person for phone, _ in copies], message, status, first.status_order)

    def _report(
        self, people: Sequence[Person], message: ChatMessage, status: DeliveryStatus, order: asyncio.Lock
    ) -> None:
        control = self._webhook_queue.caller.control
        if control.statuses:
            change = self._change(people, message, status)
            for _ in range(2 if control.statuses_twice else 1):
                self._webhook_queue.enqueue(
                    change, order=order, on_attempt=functools.partial(self._record_confirmation, message)
                )

    def _change(self, people: Sequence[Person], message: ChatMessage, status: DeliveryStatus) -> Change:
        business, at = self._webhook_queue.caller.business, time.time()
        if message.group_id is not None:
            return group_status_change(business, people, message, status, at=at)
        return status_change(business, people[0] if people else None, message, status, at=at)

    def _statuses(self, message: ChatMessage) -> tuple[DeliveryStatus, ...]:
        if message.type == "reaction":  # Meta reports nothing more about a reaction
            return (DeliveryStatus.SENT,)
        in_order = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
        return in_order[::-1] if self._webhook_queue.caller.control.statuses_reversed else in_order

    async def _late_error(self, phone: Phone, message: ChatMessage) -> dict[str, object] | None:
        failure = self._send_policy.later_failure()
        if failure is None and (why := await self._why_no_file(phone, message)):
            failure = MEDIA_UPLOAD_ERROR, why
        return webhook_error(failure[0], details=failure[1]) if failure else None

    async def _why_no_file(self, phone: Phone, message: ChatMessage) -> str | None:
        """Fetch the file if the message has a link. Returns why Meta cannot deliver the file, or None."""
        file = file_of(message.type, message.content)
        if file is None:
            return None
        kind, content = file
        if "link" in content and self._webhook_queue.caller.control.fetch_links:
            try:
                message.media_id = self._media.put(await fetch(self._client, str(content["link"]))).id
            except LinkUnusableError as error:
                return str(error)
            phone.changed(message)
        media = self._media.get(message.media_id) if message.media_id else None
        return media.why_not(kind) if media else None

    def _record_confirmation(self, message: ChatMessage, attempt: Attempt) -> None:
        if attempt is Attempt.ANSWERED:
            self.confirmed_at.setdefault(message.id, time.time())
