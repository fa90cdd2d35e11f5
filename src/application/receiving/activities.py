"""Turn what a channel delivered into activities for the event stream. They never hold what a person wrote."""

from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.channel_events import AccountNotice, MarketingPreference, Reachability
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.messages.inbound import InboundMessage, Unrecognised
from domain.people.aliases import IdentityChange


def to_activity(
    event: InboundMessage
    | StatusUpdate
    | IdentityChange
    | MarketingPreference
    | Reachability
    | AccountNotice
    | Unrecognised,
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
            kind, detail = ActivityKind.IDENTITY, {"detail": event.description}
        case MarketingPreference():
            marketing = "allowed" if event.allowed else "refused"
            kind = ActivityKind.PREFERENCE
            detail = {"person": event.person.key, "marketing": marketing, "detail": event.description}
        case Reachability():
            reachable = "yes" if event.reachable else "no"
            kind = ActivityKind.REACHABILITY
            detail = {"person": event.person.key, "reachable": reachable, "detail": event.description}
        case AccountNotice():
            kind, detail = ActivityKind.ACCOUNT, {"kind": event.kind, "detail": event.detail}
        case Unrecognised():
            kind, detail = ActivityKind.UNRECOGNISED, {"kind": event.kind, "detail": event.detail}
    return Activity(kind=kind, channel=event.channel, at=at, detail=detail)


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
