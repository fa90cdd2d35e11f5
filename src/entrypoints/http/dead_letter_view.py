"""A dead letter as operators see it, over HTTP and on the command line."""

from typing import Self

from attrs import frozen

from application.ports.dead_letters import AnyDeadLetter, DeadLetter, UnreadableDeadLetter
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage
from domain.messages.plain_text import describe, describe_part


@frozen(kw_only=True)
class MessageView:
    """What a person sent, in words. `content` is its kind, `sent_at` unix seconds."""

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
    """What was to be said, bubble by bubble."""

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
    """A turn that was set aside. `sent` holds the channel's ids of the parts that arrived; `at`: unix seconds.

    `attempts`: how often it was tried. `in_doubt`: the part after those sent may have arrived as well. `raw` is the
    turn as it is stored, where this version cannot read it; else it is empty.
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
    in_doubt: bool
    raw: str

    @classmethod
    def of(cls, letter: AnyDeadLetter) -> Self:
        return cls._unread(letter) if isinstance(letter, UnreadableDeadLetter) else cls._read(letter)

    @classmethod
    def _read(cls, letter: DeadLetter) -> Self:
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
            in_doubt=_in_doubt(turn),
            raw="",
        )

    @classmethod
    def _unread(cls, letter: UnreadableDeadLetter) -> Self:
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
            in_doubt=False,
            raw=letter.raw,
        )


def _in_doubt(turn: Turn) -> bool:
    return turn.confirmation_waits > 0 and turn.reply is not None and len(turn.sent) < len(turn.reply.parts)
