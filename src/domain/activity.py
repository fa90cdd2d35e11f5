"""What just happened, for people who watch."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen


class ActivityKind(StrEnum):
    RECEIVED = "received"
    UNRECOGNISED = "unrecognised"
    LIMITED = "limited"
    UNREADABLE = "unreadable"
    STALE = "stale"
    ANSWERED = "answered"
    RETRIED = "retried"
    FAILED = "failed"
    DELIVERY = "delivery"
    UNDELIVERED = "undelivered"
    NOTED = "noted"
    HELD = "held"
    COMMAND = "command"
    INITIATED = "initiated"
    HUMAN = "human"
    IDENTITY = "identity"
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
