"""The result of one step of sending a reply. `turn` is the turn after the step."""

from attrs import frozen

from domain.conversations.turn import Turn, UnconfirmedSend
from domain.policies.retry import Decision


@frozen(kw_only=True)
class Sent:
    """The channel accepted the part, or, for a whole reply, every part."""

    turn: Turn


@frozen(kw_only=True)
class Replaced:
    """The channel cannot use the part. The reply now has another part in its place."""

    turn: Turn


@frozen(kw_only=True)
class NotSent:
    """The reply cannot be sent now, or not at all; `decision` says what follows.

    `detail` says what happened. `logged` is what a log may hold of it: the channel's words may quote a person.
    `unconfirmed` is set when the part may have been sent all the same.
    """

    turn: Turn
    decision: Decision
    detail: str = ""
    logged: str = ""
    unconfirmed: UnconfirmedSend | None = None
