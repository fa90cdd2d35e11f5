"""Receive a webhook of a channel: store everything first, then accept it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from application.channels import Channels
from application.in_thread import in_thread
from application.ports.clock import Clock
from application.ports.inbound_channel import (
    ForgedWebhookError,
    InboundChannel,
    InboundEvent,
    MalformedWebhookError,
    WebhookAnswer,
)
from application.ports.inbox import Acceptance
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.receiving.apply_events import ApplyEvents
from application.receiving.store_messages import StoreMessages
from domain.conversations.delivery import StatusUpdate
from domain.messages.inbound import InboundMessage, Unrecognised

# The time-outs of the store add up over several steps. The channel must get the error before it stops waiting.
STORE_SECONDS = 2.5
# Bytes; to read as many takes the event loop a few milliseconds.
MAX_SHORT_BODY = 64 * 1024


@frozen(kw_only=True)
class Receipt:
    """What one webhook call contained. Messages that were stored before count as `duplicates`.

    `statuses` are those that changed something. `answer` is what the channel gets, if it expects anything of its own.
    """

    messages: int
    duplicates: int
    others: int
    statuses: tuple[StatusUpdate, ...] = ()
    answer: WebhookAnswer | None = None


@frozen(kw_only=True)
class ReceiveWebhook:
    """Verify, read and store one call of a channel."""

    channels: Channels
    store_messages: StoreMessages
    apply_events: ApplyEvents
    clock: Clock
    tracer: Tracer

    def verify_headers(self, *, channel: str, headers: Mapping[str, str]) -> None:
        """Refuse a call by its headers, before its body is read.

        Raises:
            UnknownChannelError, ForgedWebhookError: the call is refused.
        """
        self.channels[channel].inbound.verify_headers(headers=headers)

    async def __call__(self, *, channel: str, headers: dict[str, str], body: bytes, url: str) -> Receipt:
        """Store everything that the call contains. When this returns, the channel need not deliver it again.

        `url`: the address that was called, with its query.

        Raises:
            UnknownChannelError, ForgedWebhookError, MalformedWebhookError: the call is refused.
            StoreUnavailableError: the channel must deliver the call again.
        """
        inbound = self.channels[channel].inbound
        speaks_for = inbound.verify(headers=headers, body=body, url=url)
        now = self.clock.now()
        with self.tracer.receive(channel=channel, caller=headers.get("traceparent", "")) as span:
            parse = partial(inbound.parse, body=body, arrived_at=now)
            parsed = await in_thread(parse, when=len(body) > MAX_SHORT_BODY)
            _check_channels(parsed.events, speaks_for)
            receipt = await self._store(parsed.events, now, trace=span.trace)
        return evolve(receipt, answer=parsed.answer) if parsed.answer else receipt

    async def fetched(self, *, channel: str, bodies: Sequence[bytes]) -> Receipt:
        """Store everything that was fetched from a channel, as if its webhook had brought each of the bodies.

        When this returns, the channel may forget them. A body that cannot be read becomes an event, so that it does
        not hold up those after it.

        Raises:
            StoreUnavailableError: they must be fetched again.
        """
        inbound, now = self.channels[channel].inbound, self.clock.now()
        read = partial(_events_of, inbound, channel=channel, bodies=bodies, arrived_at=now)
        events = await in_thread(read, when=sum(map(len, bodies)) > MAX_SHORT_BODY)
        _check_channels(events, frozenset({channel}))
        with self.tracer.receive(channel=channel, caller="") as span:
            return await self._store(events, now, trace=span.trace)

    async def _store(self, events: Sequence[InboundEvent], now: float, *, trace: str) -> Receipt:
        """Store the messages first, and then what the other events change."""
        others = [event for event in events if not isinstance(event, InboundMessage)]
        try:
            async with asyncio.timeout(STORE_SECONDS):
                answers = await self.store_messages(events=_traced(events, trace) if trace else events, now=now)
                statuses = await self.apply_events(events=others, now=now) if others else ()
        except TimeoutError as error:
            # Messages that were stored are dropped as duplicates when they come again.
            raise StoreUnavailableError(f"not stored within {STORE_SECONDS} s") from error
        return Receipt(
            messages=len(answers), duplicates=answers.count(Acceptance.KNOWN), others=len(others), statuses=statuses
        )


def _events_of(
    inbound: InboundChannel, *, channel: str, bodies: Sequence[bytes], arrived_at: float
) -> list[InboundEvent]:
    events: list[InboundEvent] = []
    for body in bodies:
        try:
            events += inbound.parse(body=body, arrived_at=arrived_at).events
        except MalformedWebhookError as error:
            events.append(Unrecognised(channel=channel, kind="fetched:malformed", detail=str(error)))
    return events


def _check_channels(events: Sequence[InboundEvent], speaks_for: frozenset[str]) -> None:
    """Refuse the whole call, so that the channel delivers it again once the configuration lists the secret.

    Raises:
        ForgedWebhookError: an event is of a channel that the sender may not speak for.
    """
    channels = {event.conversation.channel if isinstance(event, InboundMessage) else event.channel for event in events}
    if foreign := channels - speaks_for:
        raise ForgedWebhookError(f"the body is about {', '.join(sorted(foreign))}, and no secret of theirs signed it")


def _traced(events: Sequence[InboundEvent], trace: str) -> Sequence[InboundEvent]:
    return [evolve(event, trace=trace) if isinstance(event, InboundMessage) else event for event in events]
