"""Take in what a channel delivers: store first, then say yes."""

from attrs import frozen

from application.channels import Channels
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.inbound_channel import InboundEvent
from application.ports.mailbox import Mailbox, Post, Proof
from domain.activity import Activity, ActivityKind
from domain.delivery import StatusUpdate
from domain.messages import InboundMessage, Unrecognised
from domain.replies import PartReference


@frozen(kw_only=True)
class Receipt:
    """What one webhook call held. Messages seen before count as duplicates and were not stored again."""

    messages: int
    duplicates: int
    others: int


@frozen(kw_only=True)
class ReceiveWebhook:
    """Verify, read and store one call of a channel."""

    channels: Channels
    mailbox: Mailbox
    feed: ActivityFeed
    clock: Clock

    async def __call__(self, *, channel: str, headers: dict[str, str], body: bytes) -> Receipt:
        """Store everything the call holds; when this returns, the channel may forget it.

        Raises:
            UnknownChannelError, ForgedWebhookError, MalformedWebhookError: the call is refused.
            StoreUnavailableError: nothing may be forgotten yet; the channel must deliver again.
        """
        inbound = self.channels[channel].inbound
        inbound.verify(headers=headers, body=body)
        now = self.clock.now()
        events = inbound.parse(body=body, arrived_at=now)
        messages = [event for event in events if isinstance(event, InboundMessage)]
        new = await self.mailbox.accept(posts=[self._post(message) for message in messages]) if messages else ()
        if proofs := [proof for event in events if (proof := _proof(event))]:
            await self.mailbox.confirm(proofs=proofs)
        fresh = [message for message, is_new in zip(messages, new, strict=True) if is_new]
        others = [event for event in events if not isinstance(event, InboundMessage)]
        if activities := [_activity(event, at=now) for event in (*fresh, *others)]:
            await self.feed.publish(activities=activities)
        return Receipt(messages=len(messages), duplicates=len(messages) - len(fresh), others=len(others))

    def _post(self, message: InboundMessage) -> Post:
        return Post(message=message, debounce=self.channels[message.conversation.channel].debounce)


def _proof(event: InboundEvent) -> Proof | None:
    """A status proves that the send it echoes happened, whatever became of our own record of it."""
    if not isinstance(event, StatusUpdate) or not event.reference:
        return None
    try:
        return Proof(reference=PartReference.parse(event.reference), message_id=event.message_id)
    except ValueError:
        return None


def _activity(event: InboundEvent, *, at: float) -> Activity:
    match event:
        case InboundMessage():
            return Activity(
                kind=ActivityKind.RECEIVED,
                channel=event.conversation.channel,
                conversation=str(event.conversation),
                at=at,
                detail={"message_id": event.id, "content": type(event.content).__name__.lower()},
            )
        case StatusUpdate():
            detail = {"message_id": event.message_id, "status": event.status.value, "errors": "; ".join(event.errors)}
            return Activity(kind=ActivityKind.DELIVERY, channel=event.channel, at=at, detail=detail)
        case Unrecognised():
            detail = {"kind": event.kind, "detail": event.detail}
            return Activity(kind=ActivityKind.UNRECOGNISED, channel=event.channel, at=at, detail=detail)
