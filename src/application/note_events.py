"""Act on what a webhook told besides messages: sends proven or failed, humans who answered, accounts closed."""

from collections.abc import Sequence

from attrs import frozen

from application.channels import Channels
from application.number_stops import NumberStops
from application.ports.activity_feed import ActivityFeed
from application.ports.directory import Directory
from application.ports.inbound_channel import InboundEvent
from application.ports.mailbox import Mailbox, Proof
from application.ports.message_log import MessageLog, Remembered
from application.take_over import TakeOver
from application.told_activities import told
from domain.conversations import Conversation
from domain.delivery import StatusUpdate
from domain.failures import SendFailure
from domain.messages import InboundMessage
from domain.notices import AccountNotice, HumanReply
from domain.parts import TextPart
from domain.replies import PartReference, Reply, ReplyKind
from domain.turns import Turn
from domain.wording import shortened

ACCOUNT_SECONDS = 60.0


@frozen(kw_only=True)
class NoteEvents:
    """Statuses come repeated and out of order; only those that tell something new are told on."""

    channels: Channels
    mailbox: Mailbox
    directory: Directory
    log: MessageLog
    take_over: TakeOver
    stops: NumberStops
    feed: ActivityFeed

    async def __call__(
        self, *, messages: Sequence[InboundMessage], events: Sequence[InboundEvent], now: float
    ) -> tuple[StatusUpdate, ...]:
        """The statuses that are news.

        Raises:
            StoreUnavailableError: some of it was not noted; all of it may be noted again.
        """
        news = await self._statuses([event for event in events if isinstance(event, StatusUpdate)])
        for event in events:
            match event:
                case HumanReply():
                    await self._human(event)
                case AccountNotice(urgent=True):
                    reason = f"{event.kind} {event.detail}".strip()
                    await self.stops.stop(channel=event.channel, reason=reason, seconds=ACCOUNT_SECONDS)
        others = [event for event in events if not isinstance(event, StatusUpdate | HumanReply)]
        if activities := [told(event, at=now) for event in (*messages, *news, *others)]:
            await self.feed.publish(activities=activities)
        return news

    async def _statuses(self, statuses: Sequence[StatusUpdate]) -> tuple[StatusUpdate, ...]:
        if proofs := [proof for status in statuses if (proof := _proof(status))]:
            await self.mailbox.confirm(proofs=proofs)
        for status in statuses:
            if status.failure is SendFailure.MEDIA_REFUSED:
                await self._say_in_words(status)
        if not statuses:
            return ()
        is_news = await self.log.advance(updates=statuses)
        return tuple(status for status, new in zip(statuses, is_news, strict=True) if new)

    async def _say_in_words(self, status: StatusUpdate) -> None:
        """The channel could not use a file after all: the person gets its caption and address instead, once."""
        proof = _proof(status)
        if proof is None or status.to is None:
            return
        name = str(proof.reference)
        if words := (await self.log.recall(channel=status.channel, message_ids=[name])).get(name):
            reply = Reply(kind=ReplyKind.INITIATED, parts=(TextPart(body=words),), reason="a file was refused")
            conversation = proof.reference.conversation
            turn = Turn.initiated(f"words:{name}", conversation=conversation, reply=reply, to=status.to)
            await self.mailbox.initiate(turn=turn)

    async def _human(self, reply: HumanReply) -> None:
        (user,) = await self.directory.ids(channel=reply.channel, persons=[reply.to])
        conversation = Conversation(channel=reply.channel, user=user)
        remembered = Remembered(channel=reply.channel, message_id=reply.message_id, words=reply.body)
        await self.log.remember(messages=[remembered])
        await self.take_over.begin(
            conversation=conversation,
            seconds=self.channels[reply.channel].human_seconds,
            said=f"[a colleague wrote: {shortened(reply.body)}]",
            why="somebody of the business wrote",
        )


def _proof(status: StatusUpdate) -> Proof | None:
    """A status proves that the send it echoes happened, whatever became of our own record of it."""
    if not status.reference:
        return None
    try:
        return Proof(reference=PartReference.parse(status.reference), message_id=status.message_id)
    except ValueError:
        return None
