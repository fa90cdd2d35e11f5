"""Brings a message of the business to its phone, and calls the webhook back as it comes further."""

import asyncio
import functools
import time
from collections.abc import Sequence

import httpx

from simulator.graph_api.links import LinkUnusableError, fetch, file_of
from simulator.graph_api.send_policy import SendPolicy
from simulator.state.business import Person
from simulator.state.chat_messages import Attempt, ChatMessage, Tick
from simulator.state.media import MediaShelf
from simulator.state.phones import Phone
from simulator.webhooks.meta_errors import webhook_error
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire import Change
from simulator.webhooks.wire_changes import group_status_change, status_change

MEDIA_UPLOAD_ERROR = 131053

type Copies = Sequence[tuple[Phone, ChatMessage]]


class Delivery:
    """`echoed` is for an audit: when the webhook first took a status of which message, in unix seconds."""

    def __init__(self, *, media: MediaShelf, webhook_queue: WebhookQueue, send_policy: SendPolicy) -> None:
        self.echoed: dict[str, float] = {}
        self._media = media
        self._webhook_queue = webhook_queue
        self._send_policy = send_policy
        self._client = httpx.AsyncClient(trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def carry(self, phone: Phone | None, message: ChatMessage) -> None:
        """Bring a message to its phone and call back each step, in order."""
        if phone is not None and message.error is None:
            message.error = await self._late_error(phone, message)
        if phone is None or message.error is not None:
            self.call_back(phone, message, Tick.FAILED)
            return
        for status in self._steps(message):
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self.call_back(phone, message, status)
        if message.seen:
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self.call_back(phone, message, Tick.READ)

    async def carry_to_group(self, copies: Copies) -> None:
        """Bring a message to each phone of a group, and call back each step of all of them at once, in order."""
        for phone, message in copies:
            message.error = await self._late_error(phone, message)
        message = copies[0][1]
        for status in (Tick.FAILED,) if message.error else self._steps(message):
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self._call_back_group(copies, status)
        if seen := [(phone, copy) for phone, copy in copies if copy.seen and not copy.error]:
            await asyncio.sleep(self._webhook_queue.caller.control.status_delay_seconds)
            self._call_back_group(seen, Tick.READ)

    def call_back(self, phone: Phone | None, message: ChatMessage, status: Tick) -> None:
        """A message came so far with a person, or with nobody at all."""
        order = asyncio.Lock()
        if phone is not None:
            order = phone.status_order
            phone.tick(message, status)
        self._post([phone.person] if phone else [], message, status, order)

    def _call_back_group(self, copies: Copies, status: Tick) -> None:
        for phone, message in copies:
            phone.tick(message, status)
        first, message = copies[0]
        self._post([phone.person for phone, _ in copies], message, status, first.status_order)

    def _post(self, people: Sequence[Person], message: ChatMessage, status: Tick, order: asyncio.Lock) -> None:
        control = self._webhook_queue.caller.control
        if control.statuses:
            change = self._change(people, message, status)
            for _ in range(2 if control.statuses_twice else 1):
                self._webhook_queue.post(change, order=order, report=functools.partial(self._note_echo, message))

    def _change(self, people: Sequence[Person], message: ChatMessage, status: Tick) -> Change:
        business, at = self._webhook_queue.caller.business, time.time()
        if message.group_id is not None:
            return group_status_change(business, people, message, status, at=at)
        return status_change(business, people[0] if people else None, message, status, at=at)

    def _steps(self, message: ChatMessage) -> tuple[Tick, ...]:
        if message.type == "reaction":  # all that Meta ever tells of one
            return (Tick.SENT,)
        reverse = self._webhook_queue.caller.control.statuses_reversed
        return (Tick.DELIVERED, Tick.SENT) if reverse else (Tick.SENT, Tick.DELIVERED)

    async def _late_error(self, phone: Phone, message: ChatMessage) -> dict[str, object] | None:
        failure = self._send_policy.late_failure()
        if failure is None and (why := await self._why_no_file(phone, message)):
            failure = MEDIA_UPLOAD_ERROR, why
        return webhook_error(failure[0], details=failure[1]) if failure else None

    async def _why_no_file(self, phone: Phone, message: ChatMessage) -> str | None:
        """Fetch the file of a link; why Meta cannot pass the file on."""
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

    def _note_echo(self, message: ChatMessage, attempt: Attempt) -> None:
        if attempt is Attempt.ANSWERED:
            self.echoed.setdefault(message.id, time.time())
