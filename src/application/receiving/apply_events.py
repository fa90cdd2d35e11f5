"""Apply the events of a webhook that are not messages: statuses, human replies, changes of identity and account."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence

from attrs import frozen

from application.channels import Channels
from application.operating.take_over import TakeOver
from application.phone_numbers import learn_number
from application.ports.activity_feed import ActivityFeed
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.inbound_channel import InboundEvent
from application.ports.inbox import DeliveryConfirmation, Inbox
from application.ports.message_log import MessageLog, Remembered
from application.ports.store import StoreUnavailableError
from application.ports.tracer import Tracer
from application.ports.transcripts import Transcripts
from application.receiving.activities import to_activity
from application.receiving.handle_delivery_failure import BREAKER_SECONDS, HandleDeliveryFailure
from application.sending.circuit_breaker import CircuitBreaker
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.channel_events import (
    AccountNotice,
    HumanReply,
    MarketingPreference,
    Reachability,
    ThreadControl,
)
from domain.conversations.delivery import StatusUpdate
from domain.conversations.transcript import ColleagueReply, TranscriptEvent
from domain.conversations.turn import INITIATED_PREFIX
from domain.messages.inbound import InboundMessage
from domain.messages.plain_text import MAX_MESSAGE_LENGTH, cut, shortened
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Conversation, Person


@frozen(kw_only=True)
class ApplyEvents:
    """Apply the events of one webhook that are not messages. Repeated and late events have no effect."""

    channels: Channels
    inbox: Inbox
    directory: Directory
    states: ConversationStates
    log: MessageLog
    take_over: TakeOver
    breaker: CircuitBreaker
    failures: HandleDeliveryFailure
    transcripts: Transcripts
    feed: ActivityFeed
    tracer: Tracer

    async def __call__(self, *, events: Sequence[InboundEvent], now: float) -> tuple[StatusUpdate, ...]:
        """Publish the events, and do what they ask for. Returns the statuses that are new.

        Raises:
            StoreUnavailableError: some events were not applied; all may be applied again.
        """
        news = await self._apply_statuses([event for event in events if isinstance(event, StatusUpdate)], now)
        for event in events:
            match event:
                case HumanReply():
                    await self._apply_human_reply(event, now)
                case ThreadControl():
                    await self._apply_thread_control(event, now)
                case IdentityChange():
                    await self._apply_identity_change(event)
                case MarketingPreference():
                    await self._apply_preference(event)
                case Reachability():
                    await self._apply_reachability(event)
                case AccountNotice(urgent=True):
                    await self._apply_urgent_notice(event, now)
        applied = InboundMessage | StatusUpdate | HumanReply | ThreadControl
        others = [event for event in events if not isinstance(event, applied)]
        if activities := [to_activity(event, at=now) for event in (*news, *others)]:
            await self.feed.publish(activities=activities)
        return news

    async def _apply_statuses(self, statuses: Sequence[StatusUpdate], now: float) -> tuple[StatusUpdate, ...]:
        """A status confirms the send whose reference it echoes, even if we did not record that send."""
        if confirmations := [
            DeliveryConfirmation(reference=one.part, message_id=one.message_id) for one in statuses if one.part
        ]:
            await self.inbox.confirm(confirmations=confirmations)
        for status in statuses:
            await self.failures.recover(status=status, now=now)
            await self._learn_number(status)
        if not statuses:
            return ()
        is_news = await self.log.advance(updates=statuses)
        news = tuple(status for status, new in zip(statuses, is_news, strict=True) if new)
        for status in news:
            if status.failure is not None:
                await asyncio.gather(self.failures.notify_agent(status=status), self._note_failure(status))
        if self.tracer.is_on:
            await self._trace(news)
        return news

    async def _trace(self, statuses: Sequence[StatusUpdate]) -> None:
        """Add each status to the trace of its send, where that is known. No webhook fails for it."""
        by_channel: defaultdict[str, list[StatusUpdate]] = defaultdict(list)
        for status in statuses:
            by_channel[status.channel].append(status)
        with contextlib.suppress(StoreUnavailableError):
            for channel, theirs in by_channel.items():
                sends = await self.log.recall(channel=channel, message_ids=[one.message_id for one in theirs])
                for status in theirs:
                    if (sent := sends.get(status.message_id)) and sent.trace:
                        self.tracer.status(update=status, sent=sent.trace)

    async def _note_failure(self, status: StatusUpdate) -> None:
        """Let the transcript say why a message did not arrive."""
        if status.part:
            detail = {"errors": "; ".join(status.errors), "message_id": status.message_id}
            failed = TranscriptEvent.of(ActivityKind.UNDELIVERED, detail | {"turn_id": status.part.turn_id})
            await self.transcripts.add(conversation=status.part.conversation, what=[failed])

    async def _learn_number(self, status: StatusUpdate) -> None:
        """A person whom an operator wrote to first may answer from another form of the number."""
        part, number = status.part, status.to.phone if status.to else None
        if part is None or number is None or status.failure or not part.turn_id.startswith(INITIATED_PREFIX):
            return
        await learn_number(
            number,
            conversation=part.conversation,
            at=status.at,
            directory=self.directory,
            states=self.states,
        )

    async def _apply_human_reply(self, reply: HumanReply, now: float) -> None:
        """Let the human take over, or note for the agent what they did.

        The reply is remembered last: after a failure in between, all steps are repeated, which is safe.
        """
        name = reply.message_id
        if name in await self.log.recall(channel=reply.channel, message_ids=[name]):
            return
        conversation = await self._conversation_with(reply.to, channel=reply.channel, at=reply.at)
        seconds = self.channels[reply.channel].human_seconds
        kind = NoteKind.COLLEAGUE_WROTE if reply.answers else NoteKind.COLLEAGUE_DID
        note = AgentNote(kind=kind, text=shortened(reply.body))
        left = min(seconds, reply.at + seconds - now)
        if reply.answers and left > 0:
            why = "somebody of the business wrote"
            await self.take_over.begin(conversation=conversation, seconds=left, note=note, why=why)
        else:
            await self.states.note(conversation=conversation, agent_notes=[note])
            why = "a human wrote, too long ago to take over" if reply.answers else "a human touched an earlier message"
            activity = Activity.within(conversation, kind=ActivityKind.HUMAN, at=now, reason=why, message_id=name)
            await self.feed.publish(activities=[activity])
        remembered = Remembered(
            channel=reply.channel,
            message_id=name,
            text=shortened(reply.body),
            at=reply.at,
            conversation=conversation,
        )
        entry = ColleagueReply(message_id=name, text=cut(reply.body, MAX_MESSAGE_LENGTH), answers=reply.answers)
        await self.transcripts.add(conversation=conversation, what=[entry])
        await self.log.remember(messages=[remembered])

    async def _apply_thread_control(self, event: ThreadControl, now: float) -> None:
        """Be silent while another app of the business answers, as long as after a human, or until it passes it back.

        The event is remembered last: after a failure in between, all steps are repeated, which is safe.
        """
        name = f"control:{event.person.key}:{event.event_id}"
        if name in await self.log.recall(channel=event.channel, message_ids=[name]):
            return
        conversation = await self._conversation_with(event.person, channel=event.channel, at=event.at)
        seconds = self.channels[event.channel].human_seconds
        left = min(seconds, event.at + seconds - now)
        if event.is_ours:
            await self.take_over.end(conversation=conversation)
        elif left > 0:
            note = AgentNote(kind=NoteKind.MESSAGE, text=event.text) if event.text else None
            await self.take_over.begin(conversation=conversation, seconds=left, note=note, why=event.description)
        remembered = Remembered(
            channel=event.channel,
            message_id=name,
            text=event.description or name,
            at=event.at,
            conversation=conversation,
        )
        await self.log.remember(messages=[remembered])

    async def _conversation_with(self, person: Person, *, channel: str, at: float) -> Conversation:
        (user,) = await self.directory.ids(channel=channel, seen=[Observation(person=person, at=at)])
        return Conversation(channel=channel, user=user)

    async def _apply_preference(self, preference: MarketingPreference) -> None:
        """The latest preference counts, in whatever order they arrive."""
        conversation = await self._conversation_with(preference.person, channel=preference.channel, at=preference.at)
        if preference.allowed:
            await self.states.change(conversation=conversation, marketing_resumed_at=preference.at)
        else:
            await self.states.change(conversation=conversation, marketing_stopped_at=preference.at)

    async def _apply_reachability(self, event: Reachability) -> None:
        """The latest one counts, in whatever order they arrive."""
        conversation = await self._conversation_with(event.person, channel=event.channel, at=event.at)
        if event.reachable:
            await self.states.change(conversation=conversation, reachable_at=event.at)
        else:
            await self.states.change(conversation=conversation, unreachable_at=event.at)

    async def _apply_identity_change(self, change: IdentityChange) -> None:
        """Write to the person by the new names from now on; also what was queued before."""
        found = {alias: await self.directory.find(channel=change.channel, alias=alias) for alias in change.new}
        user = next(filter(None, found.values()), None)
        if user is None:
            return
        names = [alias for alias in change.new if found[alias] == user]
        person = Person(
            phone=next((name.value for name in names if name.is_number), None),
            user_id=next((name.value for name in names if not name.is_number), None),
        )
        conversation = Conversation(channel=change.channel, user=user)
        state = await self.states.of(conversation=conversation)
        # Of two notices of the same second, the one with the number counts.
        known = state.moved_at, bool(state.moved_to and state.moved_to.phone)
        if (change.at, bool(person.phone)) > known:
            await self.states.change(conversation=conversation, moved_to=person, moved_at=change.at)

    async def _apply_urgent_notice(self, notice: AccountNotice, now: float) -> None:
        """Open the circuit breaker, unless the notice is late or repeated: the next send finds out then.

        A notice without a date is remembered, since nobody can tell whether it is old.
        """
        age = max(0.0, now - notice.at)
        reason = f"{notice.kind} {notice.detail}".strip()
        known = not notice.dated and reason in await self.log.recall(channel=notice.channel, message_ids=[reason])
        if age < BREAKER_SECONDS and not known:
            await self.breaker.open(channel=notice.channel, reason=reason, seconds=BREAKER_SECONDS - age)
        if not notice.dated:
            remembered = Remembered(channel=notice.channel, message_id=reason, text=reason)
            await self.log.remember(messages=[remembered])
