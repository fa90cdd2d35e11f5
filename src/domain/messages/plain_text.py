"""Messages as plain text, for agents that can only read."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from domain.messages.escaping import escape_note, escape_text
from domain.messages.inbound import (
    Annotation,
    Content,
    Correction,
    FilledForm,
    InboundMessage,
    Media,
    Order,
    Reaction,
    ReferralKind,
    Retraction,
    SharedContacts,
    SharedLocation,
    Tap,
    Text,
    Unsupported,
    UserAction,
)
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind

MAX_QUOTE = 300
# In characters: of one message for the agent, and of a turn with its notes. People can type 65,536 characters.
MAX_MESSAGE_LENGTH = 16_000
MAX_QUERY_LENGTH = 100_000
MEDIA_NAMES: Mapping[MediaKind, str] = {
    MediaKind.IMAGE: "an image",
    MediaKind.VIDEO: "a video",
    MediaKind.AUDIO: "an audio file",
    MediaKind.VOICE: "a voice note",
    MediaKind.DOCUMENT: "a document",
    MediaKind.STICKER: "a sticker",
}


def describe(message: InboundMessage, *, quoted: str = "", file_note: str = "") -> str:
    """The message as an agent reads it. Text in brackets was not typed by the person (see `escaping`).

    `quoted` is the text of the message it replies to, for a message that does not bring it. `file_note` says something
    about its file ("transcript: ...").
    Returns an empty text when there is nothing an agent could use.
    """
    content = describe_content(message.content, file_note=file_note, quoted=quoted)
    if not content:
        return ""
    return cut("\n".join((*_circumstances(message, quoted), content)), MAX_MESSAGE_LENGTH)


def _circumstances(message: InboundMessage, quoted: str) -> list[str]:
    """Notes on how the message came. Most messages have none."""
    notes: list[str] = []
    if referral := message.referral:
        came = ", ".join(filter(None, (referral.headline, referral.body, referral.url)))
        through = "a link" if referral.kind is ReferralKind.LINK else "an advertisement"
        notes += [f"[came through {through}: {escape_note(came)}]"] if came else []
    if message.product:
        notes.append(f"[about the product {escape_note(message.product)}]")
    if quoted := message.quoted_text or (quoted if message.quotes else ""):
        notes.append(f'[in reply to: "{escape_note(shortened(quoted))}"]')
    elif message.quotes and not message.product:
        # A question about a product quotes the place where they saw it, which was hardly in this conversation.
        notes.append("[in reply to an earlier message]")
    if message.forwarded:
        notes.append("[forwarded]")
    return notes


def cut(text: str, limit: int) -> str:
    """The first `limit` characters of the text, and a note of how many are missing."""
    return text if len(text) <= limit else f"{text[:limit]}\n[{len(text) - limit} more characters are left out]"


def latest(texts: Sequence[str], limit: int) -> Sequence[str]:
    """The last texts that fit into `limit` characters, and a note of how many are missing. At least one stays."""
    if sum(map(len, texts)) <= limit:
        return texts
    lengths = itertools.accumulate(map(len, reversed(texts)))
    fitting = max(1, sum(length <= limit for length in lengths))
    left_out = len(texts) - fitting
    return (f"[{left_out} earlier messages are left out]", *texts[left_out:]) if left_out else texts


def shortened(text: str) -> str:
    """The text in one line of at most `MAX_QUOTE` characters."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTE else f"{line[:MAX_QUOTE]}…"


def describe_content(content: Content, *, file_note: str = "", quoted: str = "") -> str:
    """The content alone, without what it replies to. Text in brackets was not typed."""
    if isinstance(content, Text):
        return escape_text(content.body.strip())
    if isinstance(content, Media):
        return _media(content, file_note)
    if isinstance(content, Reaction | Correction | Retraction | Unsupported):
        return f"[{describe_action(content, quoted=quoted)}]"
    to_text = CONTENT_TEXTS.get(type(content))
    return to_text(content) if to_text else ""


def _media(media: Media, file_note: str) -> str:
    named = f" {escape_note(media.filename)}" if media.filename else ""
    about = f"; {escape_note(file_note)}" if file_note else ""
    note = f"[sent {MEDIA_NAMES[media.kind]}{named}{about}]"
    return f"{note}\n{escape_text(media.caption.strip())}".strip()


def describe_action(content: Annotation | Unsupported, *, quoted: str = "") -> str:
    """What somebody did, such as "reacted with 👍 to an earlier message"; for within a note.

    `quoted` is the text of the message that it was done to.
    """
    which = f'"{escape_note(shortened(quoted))}"' if quoted else "an earlier message"
    match content:
        case Reaction(emoji=""):
            return f"took back the reaction to {which}"
        case Reaction(emoji=emoji):
            return f"reacted with {escape_note(emoji)} to {which}"
        case Correction(body=body):
            return f"changed {which} to: {escape_note(body)}"
        case Retraction():
            return f"took back {which}"
        case Unsupported(kind=kind, detail=detail):
            return f"sent something that cannot be shown here: {escape_note(detail or kind)}"


def describe_location(location: Location) -> str:
    """Name and address where there are any, and the coordinates."""
    place = ", ".join(filter(None, (location.name, location.address)))
    degrees = f"{location.latitude:.6f}, {location.longitude:.6f}"
    return f"{place} ({degrees})" if place else degrees


def describe_card(card: ContactCard) -> str:
    """Name, organisation, and how to reach them."""
    return ", ".join(filter(None, (card.name, card.organisation, *card.phones, *card.emails)))


def numbered_list(choices: Iterable[Choice], *, first: int = 1) -> str:
    """Choices as a list, for channels that cannot show them as buttons. A person answers with the number."""
    lines = (f"{number}. {_titled(choice)}" for number, choice in enumerate(choices, first))
    return "\n".join(lines)


def _titled(choice: Choice) -> str:
    return f"{choice.title}: {choice.description}" if choice.description else choice.title


def describe_part(part: Part) -> str:
    """A part as plain text."""
    return PART_TEXTS[type(part)](part)


def _question(part: ButtonsPart | MenuPart) -> str:
    return "\n\n".join(filter(None, (part.body.text, numbered_list(part.choices), part.footer)))


PART_TEXTS: Mapping[type, Callable[[Any], str]] = {
    TextPart: attrgetter("body.text"),
    MediaPart: lambda part: "\n".join(filter(None, (part.caption.text, part.link or part.filename))),
    LocationPart: lambda part: describe_location(part.location),
    ContactsPart: lambda part: "\n".join(map(describe_card, part.cards)),
    ReactionPart: lambda part: part.emoji,
    ButtonsPart: _question,
    MenuPart: _question,
    LinkPart: lambda part: "\n\n".join(filter(None, (part.body.text, f"{part.title}: {part.url}", part.footer))),
    ContactRequestPart: attrgetter("body.text"),
    FormPart: lambda part: "\n\n".join(filter(None, (part.body.text, part.footer))),
    TemplatePart: lambda part: f"[template {part.name}] {' '.join(part.parameters)}".strip(),
}


def _order(order: Order) -> str:
    items = "; ".join(
        f"{item.quantity} x {item.product} at {_exact(item.price)} {item.currency}" for item in order.items
    )
    return "\n".join(filter(None, (f"[ordered: {escape_note(items)}]", escape_text(order.note.strip()))))


def _exact(price: float) -> str:
    """The price with all digits that were given. Example: 4.5, 12000."""
    return f"{Decimal(str(price)).normalize():f}"


CONTENT_TEXTS: Mapping[type, Callable[[Any], str]] = {
    Tap: lambda tap: escape_text(tap.choice.title),
    SharedLocation: lambda shared: f"[sent a location: {escape_note(describe_location(shared.location))}]",
    SharedContacts: lambda shared: f"[sent a contact: {escape_note('; '.join(map(describe_card, shared.cards)))}]",
    # JSON has brackets of its own, so it stands below.
    FilledForm: lambda form: (
        f"[{escape_note(f'filled in the form {form.name}')}]\n{escape_text(form.fields.strip())}".strip()
    ),
    UserAction: lambda action: f"[{escape_note(action.description)}]",
    Order: _order,
}
