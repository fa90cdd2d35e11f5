"""What just happened, for people who watch."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from attrs import field, frozen

from domain.people.person import Conversation


class ActivityKind(StrEnum):
    RECEIVED = "received"
    UNRECOGNISED = "unrecognised"
    LIMITED = "limited"
    UNREADABLE = "unreadable"
    STALE = "stale"
    ANSWERED = "answered"
    RETRIED = "retried"
    FAILED = "failed"
    DROPPED = "dropped"
    DELIVERY = "delivery"
    UNDELIVERED = "undelivered"
    NOTED = "noted"
    HELD = "held"
    COMMAND = "command"
    INITIATED = "initiated"
    LOOP = "loop"
    HUMAN = "human"
    IDENTITY = "identity"
    PREFERENCE = "preference"
    ACCOUNT = "account"
    STOPPED = "stopped"
    RESUMED = "resumed"


@frozen(kw_only=True)
class Activity:
    """One thing that happened in one channel; `conversation` is empty where none is concerned. `at`: unix seconds."""

    kind: ActivityKind
    channel: str
    at: float
    conversation: str = ""
    detail: Mapping[str, str] = field(factory=dict)

    @classmethod
    def within(cls, conversation: Conversation, *, kind: ActivityKind, at: float, **detail: str) -> Self:
        """Something that happened in one conversation."""
        return cls(kind=kind, channel=conversation.channel, conversation=str(conversation), at=at, detail=detail)
