"""Turn what a channel delivered into activities for the event stream. They never hold what a person wrote."""

from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.channel_events import AccountNotice, MarketingPreference
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import InboundMessage, Unrecognised
from domain.people.aliases import IdentityChange


def to_activity(
    event: InboundMessage | StatusUpdate | IdentityChange | MarketingPreference | AccountNotice | Unrecognised,
    *,
    at: float,
) -> Activity:
    """The activity of one event; `at` in unix seconds.

    A reply of a colleague is not among these events: `ApplyEvents` publishes it.
    """
    match event:
        case InboundMessage():
            content = type(event.content).__name__.lower()
            return Activity.within(
                event.conversation, kind=ActivityKind.RECEIVED, at=at, message_id=event.id, content=content
            )
        case StatusUpdate():
            return _status(event, at)
        case IdentityChange():
            return Activity(
                kind=ActivityKind.IDENTITY, channel=event.channel, at=at, detail={"detail": event.description}
            )
        case MarketingPreference():
            detail = {
                "person": event.person.key,
                "marketing": "allowed" if event.allowed else "refused",
                "detail": event.description,
            }
            return Activity(kind=ActivityKind.PREFERENCE, channel=event.channel, at=at, detail=detail)
        case AccountNotice():
            detail = {"kind": event.kind, "detail": event.detail}
            return Activity(kind=ActivityKind.ACCOUNT, channel=event.channel, at=at, detail=detail)
        case Unrecognised():
            detail = {"kind": event.kind, "detail": event.detail}
            return Activity(kind=ActivityKind.UNRECOGNISED, channel=event.channel, at=at, detail=detail)


def _status(status: StatusUpdate, at: float) -> Activity:
    failed, part = status.status is DeliveryStatus.FAILED, status.part
    return Activity(
        kind=ActivityKind.UNDELIVERED if failed else ActivityKind.DELIVERY,
        channel=status.channel,
        conversation=str(part.conversation) if part else "",
        at=at,
        detail={
            "message_id": status.message_id,
            "status": status.status.value,
            "errors": "; ".join(status.errors),
        },
    )
