"""What arrives over a channel: messages from people, and things we could not make sense of."""

from attrs import field, frozen
from attrs.validators import min_len

from domain.conversations import Conversation, Person


@frozen(kw_only=True)
class Text:
    """Words a person wrote."""

    body: str


@frozen(kw_only=True)
class Unsupported:
    """Something a person sent that the agent cannot be given yet; `kind` is the channel's name for it."""

    kind: str
    detail: str = ""


type Content = Text | Unsupported


@frozen(kw_only=True)
class InboundMessage:
    """One message of one person.

    `id` is the channel's own and unique within it. `sent_at` is the channel's timestamp and orders a
    conversation; `arrived_at` is when we took it in and is what limits count by. Both are unix seconds.
    """

    id: str = field(validator=min_len(1))
    conversation: Conversation
    person: Person
    content: Content
    sent_at: float
    arrived_at: float


@frozen(kw_only=True)
class Unrecognised:
    """A well-signed item we do not understand; kept visible for the operator, never an error to the channel.

    `kind` names what it was ("field:account_update", "message:malformed", "number:unknown"), `detail` why.
    """

    channel: str
    kind: str
    detail: str = ""
