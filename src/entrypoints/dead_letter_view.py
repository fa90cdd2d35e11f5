"""A dead letter as operators see it, over HTTP and on the command line."""

from typing import Self

from attrs import frozen

from application.ports.dead_letters import DeadLetter
from domain.messages import InboundMessage, Text
from domain.replies import Reply


@frozen(kw_only=True)
class MessageView:
    """What a person sent. `content` is its kind; `text` is empty where it was none. `sent_at`: unix seconds."""

    id: str
    content: str
    text: str
    sent_at: float

    @classmethod
    def of(cls, message: InboundMessage) -> Self:
        content = message.content
        kind, text = ("text", content.body) if isinstance(content, Text) else (content.kind, "")
        return cls(id=message.id, content=kind, text=text, sent_at=message.sent_at)


@frozen(kw_only=True)
class ReplyView:
    """What was to be said, bubble by bubble."""

    kind: str
    parts: list[str]
    reason: str

    @classmethod
    def of(cls, reply: Reply) -> Self:
        return cls(kind=reply.kind.value, parts=[part.body for part in reply.parts], reason=reply.reason)


@frozen(kw_only=True)
class DeadLetterView:
    """A turn that was set aside. `sent` holds the channel's ids of the parts that arrived; `at`: unix seconds."""

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

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        turn = letter.turn
        return cls(
            id=letter.id,
            at=letter.at,
            reason=letter.reason,
            channel=turn.conversation.channel,
            user=turn.conversation.user,
            turn_id=turn.id,
            attempts=turn.attempts,
            messages=[MessageView.of(message) for message in turn.messages],
            reply=ReplyView.of(turn.reply) if turn.reply else None,
            sent=list(turn.sent),
        )
