"""A turn: the messages that are answered together, and how far answering them has come."""

import hashlib
from typing import Self

from attrs import frozen

from domain.conversations.reply import PartReference, Reply
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import Part
from domain.people.person import Conversation, Person

# The ids of turns that we begin start with this.
INITIATED_PREFIX = "sent-"


@frozen(kw_only=True)
class UnconfirmedSend:
    """A part that may have been sent although that was not recorded, and how many of its sends are unconfirmed."""

    part: int
    unconfirmed_attempts: int


@frozen(kw_only=True)
class Turn:
    """The unit of work: run the agent once for these messages and send its reply.

    A turn that we begin has no messages. It has its `reply` from the start, and `to` is its recipient.
    `sent` holds the channel's id of each part sent so far, so the next part to send is `len(sent)`. `attempts` counts
    the retries of the present step, `retries` those of the whole turn. `deliveries` counts the workers that took this
    attempt in a row and did not finish it. `confirmation_waits` counts how often the turn waited for the confirmation
    of its next part, `unconfirmed_attempts` the sends of that part that nobody confirmed. `agent` began to answer it,
    and failed: it is asked again, whoever is to answer the conversation by then. `trace` names its latest try (a W3C
    `traceparent`), when that is traced.
    """

    id: str
    conversation: Conversation
    messages: tuple[InboundMessage, ...]
    reply: Reply | None = None
    sent: tuple[str, ...] = ()
    attempts: int = 0
    retries: int = 0
    deliveries: int = 1
    confirmation_waits: int = 0
    unconfirmed_attempts: int = 0
    error: str = ""
    to: Person | None = None
    agent: str = ""
    trace: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.messages and (self.to is None or self.reply is None):
            raise ValueError("a turn without messages needs a recipient and a reply")

    @classmethod
    def initiated(cls, key: str, *, conversation: Conversation, reply: Reply, to: Person) -> Self:
        """A turn that we begin. The same `key` in the same conversation makes the same turn."""
        digest = hashlib.blake2b(f"{conversation}\n{key}".encode(), digest_size=12).hexdigest()
        return cls(id=f"{INITIATED_PREFIX}{digest}", conversation=conversation, messages=(), reply=reply, to=to)

    @property
    def person(self) -> Person:
        """The person to answer, by the names in the latest message."""
        return self.to or self.messages[-1].person

    @property
    def is_initiated(self) -> bool:
        """Whether an operator or a program wrote, and not the agent."""
        return self.id.startswith(INITIATED_PREFIX)

    @property
    def composed_reply(self) -> Reply:
        """Its reply.

        Raises:
            ValueError: there is none yet.
        """
        if self.reply is None:
            raise ValueError("the reply is not composed yet")
        return self.reply

    @property
    def next_part(self) -> Part | None:
        """The first part of the reply that is not sent; None when there is none."""
        parts = self.reply.parts if self.reply else ()
        return parts[len(self.sent)] if len(self.sent) < len(parts) else None

    def reference(self, part: int) -> PartReference:
        return PartReference(conversation=self.conversation, turn_id=self.id, part=part)

    def with_reply(self, reply: Reply) -> Self:
        """The turn once its reply is composed. Nobody has tried to send any of it."""
        return self._after_step(reply=reply, sent=self.sent, deliveries=1)

    def with_sent(self, message_id: str) -> Self:
        """The turn once its next part is sent under this id."""
        return self._after_step(reply=self.reply, sent=(*self.sent, message_id), deliveries=self.deliveries)

    def _after_step(self, *, reply: Reply | None, sent: tuple[str, ...], deliveries: int) -> Self:
        """The turn after a step that succeeded: what failed and what nobody confirmed is counted anew."""
        return type(self)(
            id=self.id,
            conversation=self.conversation,
            messages=self.messages,
            reply=reply,
            sent=sent,
            retries=self.retries,
            deliveries=deliveries,
            error=self.error,
            to=self.to,
            agent=self.agent,
            trace=self.trace,
        )

    def unconfirmed_send(self) -> UnconfirmedSend:
        """One more send of the next part whose result nobody knows."""
        return UnconfirmedSend(part=len(self.sent), unconfirmed_attempts=self.unconfirmed_attempts + 1)
