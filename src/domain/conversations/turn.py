"""A turn: the messages that are answered together, and how far answering them has come."""

import hashlib
from typing import Self

from attrs import frozen

from domain.conversations.reply import PartReference, Reply
from domain.messages.inbound import InboundMessage
from domain.people.person import Conversation, Person

# How the id of a turn begins that answers nobody.
INITIATED_PREFIX = "sent-"


@frozen(kw_only=True)
class UnconfirmedSend:
    """A part that may have been sent although nobody recorded it, and how many attempts to send it stay unconfirmed."""

    part: int
    unconfirmed_attempts: int


@frozen(kw_only=True)
class Turn:
    """The unit of work: run the agent once for these messages and send its reply.

    A turn that answers nobody has no messages; it has its `reply` from the start and says `to` whom it goes.
    `sent` holds the channel's id of each part sent so far, so the next part to send is `len(sent)`.
    `attempts` counts the retries of the present step, `retries` those of the whole turn. `deliveries` counts how many
    workers in a row took this attempt and did not finish it. `confirmation_waits` counts how often the turn waited for
    the confirmation of its next part, `unconfirmed_attempts` the sends of that part without one.
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

    def __attrs_post_init__(self) -> None:
        if not self.messages and (self.to is None or self.reply is None):
            raise ValueError("a turn without messages needs somebody it goes to, and a reply")

    @classmethod
    def initiated(cls, key: str, *, conversation: Conversation, reply: Reply, to: Person) -> Self:
        """A turn that answers nobody; the same `key` in the same conversation makes the same one."""
        digest = hashlib.blake2b(f"{conversation}\n{key}".encode(), digest_size=12).hexdigest()
        return cls(id=f"{INITIATED_PREFIX}{digest}", conversation=conversation, messages=(), reply=reply, to=to)

    @property
    def person(self) -> Person:
        """Who to answer: by the names the latest message gave."""
        return self.to or self.messages[-1].person

    @property
    def answers_nobody(self) -> bool:
        """Whether somebody is written to first, or besides the agent."""
        return self.id.startswith(INITIATED_PREFIX)

    def reference(self, part: int) -> PartReference:
        return PartReference(conversation=self.conversation, turn_id=self.id, part=part)
