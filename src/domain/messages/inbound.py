"""What arrives over a channel: messages from people, and items that we do not understand."""

from collections.abc import Sequence
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import min_len

from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind
from domain.messages.visibility import is_visible
from domain.people.person import Conversation, Person

# The store keeps eight bytes of a sequence.
MAX_SEQUENCE = 2**64


@frozen(kw_only=True)
class Text:
    """Words a person wrote."""

    body: str


@frozen(kw_only=True)
class Media:
    """A file a person sent; the channel hands it out under `id`, for some days.

    `digest` is the SHA-256 of the file in hexadecimal, and `size` its bytes, where the channel tells. With a `trouble`
    the channel itself says why it does not have the file; `id` may then be empty.
    """

    kind: MediaKind
    id: str
    mime_type: str = ""
    caption: str = ""
    filename: str = ""
    digest: str | None = None
    trouble: str = ""
    size: int | None = None

    def __attrs_post_init__(self) -> None:
        if not (self.id or self.trouble):
            raise ValueError("a file needs an id, or a reason why it has none")


@frozen(kw_only=True)
class SharedLocation:
    """A place a person sent."""

    location: Location


@frozen(kw_only=True)
class SharedContacts:
    """People somebody passed on, or their own card when they were asked for it."""

    cards: tuple[ContactCard, ...]


@frozen(kw_only=True)
class Tap:
    """An answer a person chose among those they were offered."""

    choice: Choice


@frozen(kw_only=True)
class UserAction:
    """Something a person did by a tap, and not by words or one of our choices: opened the chat, allowed calls."""

    description: str = field(validator=min_len(1))


@frozen(kw_only=True)
class FilledForm:
    """What a person filled in; `fields` is JSON text as the channel gave it, or its words where it gives none."""

    name: str
    fields: str


@frozen(kw_only=True)
class OrderItem:
    """So many of one product; `price` is for one, in `currency` (ISO 4217)."""

    product: str
    quantity: int
    price: float
    currency: str


@frozen(kw_only=True)
class Order:
    """A cart a person sent, with their note."""

    items: tuple[OrderItem, ...]
    note: str = ""


@frozen(kw_only=True)
class Reaction:
    """An emoji put to a message; without one, an earlier reaction was taken back."""

    message_id: str
    emoji: str = ""


@frozen(kw_only=True)
class Correction:
    """A message that now says something else."""

    message_id: str
    body: str


@frozen(kw_only=True)
class Retraction:
    """A message that was taken back."""

    message_id: str


@frozen(kw_only=True)
class Unsupported:
    """Something a person sent that cannot be read; `kind` is the channel's name for it."""

    kind: str
    detail: str = ""


type Annotation = Reaction | Correction | Retraction
type Content = (
    Text
    | Media
    | SharedLocation
    | SharedContacts
    | Tap
    | UserAction
    | FilledForm
    | Order
    | Reaction
    | Correction
    | Retraction
    | Unsupported
)


class ReferralKind(StrEnum):
    """What led somebody to us: an advertisement or post, or a link of ours that carries a text."""

    ADVERTISEMENT = "advertisement"
    LINK = "link"


@frozen(kw_only=True)
class Referral:
    """What led somebody to us. The `body` of a link is the text that it carries.

    `source_id` and `source_type` ("ad", "post") name an advertisement as its network does, and `click_id` the tap on
    it.
    """

    kind: ReferralKind = ReferralKind.ADVERTISEMENT
    url: str = ""
    headline: str = ""
    body: str = ""
    source_id: str = ""
    source_type: str = ""
    click_id: str = ""


@frozen(kw_only=True)
class IdentityCheck:
    """What the channel says about the encryption keys of the person's devices."""

    hash: str = ""
    acknowledged: bool = False


@frozen(kw_only=True)
class MessageFacts:
    """What a channel says beside a message, for those who use it. A text is empty where it says nothing.

    `username` is a name that the person chose and may change. `summary` is what the channel itself makes of the
    conversation so far.
    """

    username: str = ""
    summary: str = ""
    identity: IdentityCheck | None = None


@frozen(kw_only=True)
class InboundMessage:
    """One message of one person.

    `id` is the channel's own and unique within it. `sent_at` is the channel's timestamp and orders a
    conversation; `arrived_at` is when we took it in and is what limits count by. Both are unix seconds.
    `sequence` orders messages of the same time, where the channel counts its messages; then comes their arrival.
    `quotes` is the id of the message it replies to, and `quoted_text` what it quotes of it, where the channel sends
    that. `product` is what of a catalogue it is about. `facts` is what else the channel says, if anything. `trace`
    names the step that took it in (a W3C `traceparent`), when that is traced.
    """

    id: str
    conversation: Conversation
    person: Person
    content: Content
    sent_at: float
    arrived_at: float
    sequence: int = 0
    quotes: str | None = None
    quoted_text: str = ""
    forwarded: bool = False
    referral: Referral | None = None
    product: str = ""
    facts: MessageFacts | None = None
    trace: str = ""

    def __attrs_post_init__(self) -> None:
        if not self.id:
            raise ValueError("a message needs an id")
        if not 0 <= self.sequence < MAX_SEQUENCE:
            raise ValueError(f"the sequence {self.sequence} does not fit into eight bytes")

    @property
    def is_annotation(self) -> bool:
        """Whether it is about another message and asks for no answer of its own."""
        return isinstance(self.content, (Reaction, Correction, Retraction))

    @property
    def is_blank(self) -> bool:
        """Whether it is a text of which nothing can be seen."""
        return isinstance(self.content, Text) and not any(map(is_visible, self.content.body))


@frozen(kw_only=True)
class Unrecognised:
    """A genuine item that we do not understand or do not act on. It is published, and never an error to the channel.

    `kind` says what it is ("field:account_update", "message:malformed", "number:unknown"), `detail` why.
    """

    channel: str
    kind: str
    detail: str = ""


def shared_phone(messages: Sequence[InboundMessage]) -> str | None:
    """The phone number that the person shared last in these messages, and that the channel proved to be theirs."""
    for message in reversed(messages):
        if message.person.phone and message.person.phone_is_shared:
            return message.person.phone
    return None
