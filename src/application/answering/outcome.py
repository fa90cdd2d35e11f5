"""How far a worker came with a conversation."""

from enum import StrEnum


class Outcome(StrEnum):
    """How far a claimed conversation came."""

    NOTHING_WAITED = "nothing_waited"
    ANSWERED = "answered"
    LIMITED = "limited"
    UNREADABLE = "unreadable"
    STALE = "stale"
    NOTED = "noted"
    HELD = "held"
    COMMAND = "command"
    INITIATED = "initiated"
    LOOP = "loop"
    DEFERRED = "deferred"
    RETRIED = "retried"
    FAILED = "failed"
