"""How a turn ends."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of a turn that a worker took.

    NOTHING_WAITED: there was no turn. ANSWERED: with the agent's words. LIMITED: over the rate limit. UNREADABLE: the
    agent can read none of it. STALE: the messages came too late. NOTED: they ask for no answer. HELD: a human answers.
    COMMAND: the person's own command was carried out. ROUTED: a routing rule answered with a text. INITIATED: an
    operator or a program wrote. LOOP: the other side seems to be a program. OVER_BUDGET: a budget is used up.
    UNREACHABLE: the person cannot be reached. DEFERRED: it is not its time yet, or its worker does not know the
    channel. RETRIED: it is tried again later. FAILED: it is a dead letter.
    """

    NOTHING_WAITED = "nothing_waited"
    ANSWERED = "answered"
    LIMITED = "limited"
    UNREADABLE = "unreadable"
    STALE = "stale"
    NOTED = "noted"
    HELD = "held"
    COMMAND = "command"
    ROUTED = "routed"
    INITIATED = "initiated"
    LOOP = "loop"
    OVER_BUDGET = "over_budget"
    UNREACHABLE = "unreachable"
    DEFERRED = "deferred"
    RETRIED = "retried"
    FAILED = "failed"
