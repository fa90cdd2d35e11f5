"""What operators did."""

from enum import StrEnum

from attrs import field, frozen

MAX_NAME_LENGTH = 300


class AuditOutcome(StrEnum):
    """How an action ended. REFUSED: the operator may not do it. FAILED: nothing was done, or nobody knows."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


def _cut(text: str) -> str:
    return text[:MAX_NAME_LENGTH]


@frozen(kw_only=True)
class AuditEntry:
    """One action of one operator. `at`: unix seconds. It never has the words of a person, nor those of the operator.

    `action` is a word such as `take_over`. `subject` is the id of what it was done to, where that is neither a channel
    nor a conversation: a dead letter, a proposal, another operator. `place` says from where: `http` or `command line`.
    """

    at: float
    operator: str = field(converter=_cut)
    action: str
    outcome: AuditOutcome
    place: str
    channel: str = field(default="", converter=_cut)
    conversation: str = field(default="", converter=_cut)
    subject: str = field(default="", converter=_cut)
