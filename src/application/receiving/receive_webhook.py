"""Receive a webhook of a channel: store everything first, then accept it."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from application.channels import Channels
from application.off_loop import off_loop
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.inbound_channel import (
    ForgedWebhookError,
    InboundChannel,
    InboundEvent,
    MalformedWebhookError,
    WebhookAnswer,
)
from application.ports.inbox import Acceptance, EnqueuedMessage
from application.ports.intake import Intake, UnverifiedPersonError
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.ports.transcripts import Transcripts
from application.receiving.activities import to_activity
from application.receiving.apply_events import ApplyEvents
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.delivery import StatusUpdate
from domain.conversations.transcript import TranscriptEvent
from domain.messages.inbound import InboundMessage, Tap, Unrecognised, UserAction
from domain.people.aliases import IdentityChange, Observation
from domain.policies.debounce import IMMEDIATE

# The time-outs of the store add up over several steps. The channel must get the error before it stops waiting.
STORE_SECONDS = 2.5
# Bytes; to read as many takes the event loop a few milliseconds.
MAX_SHORT_BODY = 64 * 1024
TOO_MANY_WAIT = "too many messages wait already"
MESSAGES_LOST = AgentNote(kind=NoteKind.MESSAGES_LOST)

logger = logging.getLogger(__name__)


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
    directory: Directory
    intake: Intake
    states: ConversationStates
    apply_events: ApplyEvents
    transcripts: Transcripts
    feed: ActivityFeed
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
        with self.tracer.receive(channel=channel, caller=headers.get("traceparent", "")) as span:
            return await self._receive(inbound, body, speaks_for, trace=span.trace)

    async def _receive(
        self, inbound: InboundChannel, body: bytes, speaks_for: frozenset[str], *, trace: str
    ) -> Receipt:
        now = self.clock.now()
        parse = partial(inbound.parse, body=body, arrived_at=now)
        parsed = await off_loop(parse, long=len(body) > MAX_SHORT_BODY)
        _check_channels(parsed.events, speaks_for)
        receipt = await self._store_in_time(parsed.events, now, trace=trace)
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
        events = await off_loop(read, long=sum(map(len, bodies)) > MAX_SHORT_BODY)
        _check_channels(events, frozenset({channel}))
        with self.tracer.receive(channel=channel, caller="") as span:
            return await self._store_in_time(events, now, trace=span.trace)

    async def _store_in_time(self, events: Sequence[InboundEvent], now: float, *, trace: str) -> Receipt:
        try:
            async with asyncio.timeout(STORE_SECONDS):
                return await self._store(_traced(events, trace) if trace else events, now)
        except TimeoutError as error:
            # Messages that were stored are dropped as duplicates when they come again.
            raise StoreUnavailableError(f"not stored within {STORE_SECONDS} s") from error

    async def _store(self, events: Sequence[InboundEvent], now: float) -> Receipt:
        messages, answers = await self._store_messages(events, now)
        if left_out := [
            message for message, answer in zip(messages, answers, strict=True) if answer == Acceptance.LEFT_OUT
        ]:
            await self._publish_left_out(left_out, now)
        others = [event for event in events if not isinstance(event, InboundMessage)]
        statuses = await self.apply_events(events=others, now=now) if others else ()
        known = sum(answer == Acceptance.KNOWN for answer in answers)
        return Receipt(messages=len(messages), duplicates=known, others=len(others), statuses=statuses)

    async def _store_messages(
        self, events: Sequence[InboundEvent], now: float
    ) -> tuple[list[InboundMessage], Sequence[Acceptance]]:
        """The messages in their conversations, and what became of each.

        Most people never change their names. So they are assumed to have the id that the message suggests, and the
        store verifies this while it stores the messages. Only where that fails, the directory is asked first.
        """
        messages = [event for event in events if isinstance(event, InboundMessage)]
        if not any(isinstance(event, IdentityChange) for event in events):
            if not messages:
                return [], ()
            with contextlib.suppress(UnverifiedPersonError):
                return messages, await self._take_in(messages, now, assumed=True)
        messages = await self._with_conversations(events)
        return messages, await self._take_in(messages, now) if messages else ()

    async def _take_in(
        self, messages: Sequence[InboundMessage], now: float, *, assumed: bool = False
    ) -> tuple[Acceptance, ...]:
        return await self.intake.store(
            messages=[self._enqueued(message) for message in messages],
            activities=[to_activity(message, at=now) for message in messages],
            assumed=assumed,
        )

    async def _publish_left_out(self, messages: Sequence[InboundMessage], now: float) -> None:
        """Publish the messages that were left out, and note them for the agent.

        Refusing the webhook instead would delay the other messages in it, and bring these back again and again.
        """
        for conversation in dict.fromkeys(message.conversation for message in messages):
            logger.warning("messages of a person in %s are left out: too many wait already", conversation.channel)
            lost = TranscriptEvent(kind=ActivityKind.LIMITED, reason=TOO_MANY_WAIT)
            await asyncio.gather(
                self.states.note(conversation=conversation, agent_notes=[MESSAGES_LOST]),
                self.transcripts.add(conversation=conversation, what=[lost]),
            )
        activities = [
            Activity.within(
                message.conversation, kind=ActivityKind.LIMITED, at=now, message_id=message.id, reason=TOO_MANY_WAIT
            )
            for message in messages
        ]
        await self.feed.publish(activities=activities)

    async def _with_conversations(self, events: Sequence[InboundEvent]) -> list[InboundMessage]:
        """The messages, each in the conversation of the person who wrote it, whatever name the channel used.

        Identity changes are applied between the messages, in the order of time. Example: a message sent before a
        change belongs to the holder of the number before it.
        """
        personal = [event for event in events if isinstance(event, InboundMessage | IdentityChange)]
        messages: list[InboundMessage] = []
        user_of: dict[int, str] = {}
        for event in sorted(personal, key=_moment):
            if isinstance(event, InboundMessage):
                messages.append(event)
                continue
            user_of |= await self._person_ids(messages)
            messages = []
            await self.directory.change(change=event)
        user_of |= await self._person_ids(messages)
        return [
            evolve(message, conversation=evolve(message.conversation, user=user_of[id(message)]))
            for message in personal
            if isinstance(message, InboundMessage)
        ]

    async def _person_ids(self, messages: Sequence[InboundMessage]) -> dict[int, str]:
        """The person id for each message, by the `id()` of the message."""
        by_channel: defaultdict[str, list[InboundMessage]] = defaultdict(list)
        for message in messages:
            by_channel[message.conversation.channel].append(message)
        user_of: dict[int, str] = {}
        for channel, theirs in by_channel.items():
            seen = [Observation(person=message.person, at=message.sent_at) for message in theirs]
            ids = await self.directory.ids(channel=channel, seen=seen)
            user_of.update(zip(map(id, theirs), ids, strict=True))
        return user_of

    def _enqueued(self, message: InboundMessage) -> EnqueuedMessage:
        """A tap or a command is answered at once; other messages wait for more of the same person."""
        channel = self.channels[message.conversation.channel]
        at_once = isinstance(message.content, Tap | UserAction) or channel.commands.include(message)
        return EnqueuedMessage(message=message, debounce=IMMEDIATE if at_once else channel.debounce)


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
    if foreign := sorted(channels - speaks_for):
        raise ForgedWebhookError(f"not signed with a secret of {', '.join(foreign)}, which the body is about")


def _traced(events: Sequence[InboundEvent], trace: str) -> Sequence[InboundEvent]:
    return [evolve(event, trace=trace) if isinstance(event, InboundMessage) else event for event in events]


def _moment(event: InboundMessage | IdentityChange) -> tuple[float, bool]:
    """The order of events. In the same second, identity changes come first."""
    is_message = isinstance(event, InboundMessage)
    return event.sent_at if isinstance(event, InboundMessage) else event.at, is_message
