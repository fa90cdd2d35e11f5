"""A dead letter as operators see it: over HTTP, and on the command line."""

from typing import Self

from attrs import frozen

from application.ports.dead_letters import AnyDeadLetter, DeadLetter, UnreadableDeadLetter
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.messages.plain_text import describe, describe_part


@frozen(kw_only=True)
class MessageView:
    """A message of a person as plain text. `content` is its kind, `sent_at` is in unix seconds."""

    id: str
    content: str
    text: str
    sent_at: float

    @classmethod
    def of(cls, message: InboundMessage) -> Self:
        kind = type(message.content).__name__.lower()
        return cls(id=message.id, content=kind, text=describe(message), sent_at=message.sent_at)


@frozen(kw_only=True)
class ReplyView:
    """The reply that should be sent, message by message, as plain text."""

    outcome: str
    parts: list[str]
    reason: str

    @classmethod
    def of(cls, reply: Reply) -> Self:
        return cls(
            outcome=reply.outcome.value, parts=[describe_part(part) for part in reply.parts], reason=reply.reason
        )


@frozen(kw_only=True)
class DeadLetterView:
    """A turn that could not be completed. `at` is in unix seconds.

    `attempts`: how often the turn was tried.
    `sent`: the channel's ids of the parts that were sent.
    `unconfirmed`: whether the part after those may have been sent as well.
    `raw`: the turn as it is stored, if this version cannot read it; otherwise empty.
    """

    id: str
    at: float
    reason: str
    channel: str
    user: str
    turn_id: str
    attempts: int
    messages: list[MessageView]
    reply: ReplyView | None
    sent: list[str]
    unconfirmed: bool
    raw: str

    @classmethod
    def of(cls, letter: AnyDeadLetter) -> Self:
        return cls._of_unreadable(letter) if isinstance(letter, UnreadableDeadLetter) else cls._of_readable(letter)

    @classmethod
    def _of_readable(cls, letter: DeadLetter) -> Self:
        turn = letter.turn
        return cls(
            id=letter.id,
            at=letter.at,
            reason=letter.reason,
            channel=turn.conversation.channel,
            user=turn.conversation.user,
            turn_id=turn.id,
            attempts=turn.retries + 1,
            messages=[MessageView.of(message) for message in turn.messages],
            reply=ReplyView.of(turn.reply) if turn.reply else None,
            sent=list(turn.sent),
            unconfirmed=_unconfirmed(turn),
            raw="",
        )

    @classmethod
    def _of_unreadable(cls, letter: UnreadableDeadLetter) -> Self:
        channel, _, user = letter.conversation.partition(":")
        return cls(
            id=letter.id,
            at=letter.at,
            reason=letter.reason,
            channel=channel,
            user=user,
            turn_id="",
            attempts=0,
            messages=[],
            reply=None,
            sent=[],
            unconfirmed=False,
            raw=letter.raw,
        )


def _unconfirmed(turn: Turn) -> bool:
    return turn.confirmation_waits > 0 and turn.reply is not None and len(turn.sent) < len(turn.reply.parts)
