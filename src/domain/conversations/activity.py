"""What happened, as it is published to operators and programs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from attrs import field, frozen

from domain.conversations.outcome import Outcome
from domain.people.person import Conversation


class ActivityKind(StrEnum):
    """What happened. How a turn ends is published under the name of its outcome.

    ROUTED is also that a conversation gets another agent.
    """

    RECEIVED = "received"
    UNRECOGNISED = "unrecognised"
    DROPPED = "dropped"
    DELIVERY = "delivery"
    UNDELIVERED = "undelivered"
    HUMAN = "human"
    IDENTITY = "identity"
    PREFERENCE = "preference"
    REACHABILITY = "reachability"
    ACCOUNT = "account"
    PROPOSED = "proposed"
    PROPOSAL = "proposal"
    BUDGET = "budget"
    STOPPED = "stopped"
    RESUMED = "resumed"
    UNKNOWN_CHANNEL = "unknown_channel"
    WEBHOOK = "webhook"
    PERSONAL_DATA = "personal_data"
    ANSWERED = Outcome.ANSWERED
    LIMITED = Outcome.LIMITED
    UNREADABLE = Outcome.UNREADABLE
    STALE = Outcome.STALE
    NOTED = Outcome.NOTED
    HELD = Outcome.HELD
    COMMAND = Outcome.COMMAND
    ROUTED = Outcome.ROUTED
    INITIATED = Outcome.INITIATED
    LOOP = Outcome.LOOP
    OVER_BUDGET = Outcome.OVER_BUDGET
    UNREACHABLE = Outcome.UNREACHABLE
    RETRIED = Outcome.RETRIED
    FAILED = Outcome.FAILED


@frozen(kw_only=True)
class Activity:
    """One thing that happened on one channel. `conversation` may be empty. `at`: unix seconds."""

    kind: ActivityKind
    channel: str
    at: float
    conversation: str = ""
    detail: Mapping[str, str] = field(factory=dict)

    @classmethod
    def within(cls, conversation: Conversation, *, kind: ActivityKind, at: float, **detail: str) -> Self:
        """An activity of one conversation."""
        return cls(kind=kind, channel=conversation.channel, conversation=str(conversation), at=at, detail=detail)
