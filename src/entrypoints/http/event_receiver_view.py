"""How receivers of events, and what they did not take, are shown: by the operators' routes, and by the command line."""

from collections.abc import Mapping
from typing import Self

from attrs import frozen

from application.ports.event_outbox import DeadEvent


@frozen(kw_only=True)
class ReceiverView:
    """A receiver of events. `dead_events`: how many it did not take."""

    name: str
    dead_events: int


@frozen(kw_only=True)
class DeadEventView:
    """An event that a receiver did not take. `at` is in unix seconds."""

    id: str
    kind: str
    channel: str
    conversation: str
    at: float
    detail: Mapping[str, str]
    reason: str

    @classmethod
    def of(cls, dead: DeadEvent) -> Self:
        activity = dead.event.activity
        return cls(
            id=dead.event.id,
            kind=activity.kind.value,
            channel=activity.channel,
            conversation=activity.conversation,
            at=activity.at,
            detail=activity.detail,
            reason=dead.reason,
        )
