"""The parts of a reply; a channel shows each as one message.

Their texts are rich text. In a part that was not rendered yet, as an agent or an operator gave it, they are Markdown.
"""

from collections.abc import Sequence
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import min_len

from domain.messages.rich_text import RichText, rich_text
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind


@frozen(kw_only=True)
class TextPart:
    """One text bubble. When it `stands_alone`, it is not merged with the text before it.

    `reply_to`, here and in other parts, is the id of the message it is shown as a reply to.
    """

    body: RichText = field(converter=rich_text)
    reply_to: str = ""
    stands_alone: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.body.text:
            raise ValueError("a text needs a character at least")


@frozen(kw_only=True)
class MediaPart:
    """A file the channel fetches from `link` (https), or has been given under `id`."""

    kind: MediaKind
    link: str = ""
    id: str = ""
    caption: RichText = field(default=RichText(), converter=rich_text)
    filename: str = ""
    reply_to: str = ""

    def __attrs_post_init__(self) -> None:
        if not (self.link or self.id):
            raise ValueError("a file needs a link or an id")


@frozen(kw_only=True)
class FilePart:
    """A whole file in an agent's reply. It is uploaded to the channel first, which gives it an id.

    `mime_type` is in lower case and without parameters. When it is blank, the content decides.
    """

    kind: MediaKind
    content: bytes = field(repr=False, validator=min_len(1))
    mime_type: str = ""
    caption: RichText = field(default=RichText(), converter=rich_text)
    filename: str = ""
    reply_to: str = ""

    def uploaded_as(self, media_id: str) -> MediaPart:
        """The part once the file is uploaded under this id."""
        return MediaPart(
            kind=self.kind, id=media_id, caption=self.caption, filename=self.filename, reply_to=self.reply_to
        )


@frozen(kw_only=True)
class LocationPart:
    """A place on a map."""

    location: Location
    reply_to: str = ""


@frozen(kw_only=True)
class ContactsPart:
    """Cards the person can save."""

    cards: tuple[ContactCard, ...] = field(validator=min_len(1))
    reply_to: str = ""


@frozen(kw_only=True)
class ReactionPart:
    """An emoji at one of the person's messages; an empty one takes it back."""

    message_id: str = field(validator=min_len(1))
    emoji: str


@frozen(kw_only=True)
class ButtonsPart:
    """A question with a few answers to tap; `button` opens them where they are too many to show at once."""

    body: RichText = field(converter=rich_text, validator=min_len(1))
    choices: tuple[Choice, ...] = field(validator=min_len(1))
    button: str = ""
    footer: str = ""
    reply_to: str = ""


@frozen(kw_only=True)
class MenuSection:
    """Answers that belong together, under a title."""

    title: str = ""
    choices: tuple[Choice, ...] = field(validator=min_len(1))


@frozen(kw_only=True)
class MenuPart:
    """A question with a list of answers behind one button, which says `button`."""

    body: RichText = field(converter=rich_text, validator=min_len(1))
    button: str = ""
    sections: tuple[MenuSection, ...] = field(validator=min_len(1))
    footer: str = ""
    reply_to: str = ""

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(choice for section in self.sections for choice in section.choices)


@frozen(kw_only=True)
class LinkPart:
    """A text with a button that opens `url`."""

    body: RichText = field(converter=rich_text, validator=min_len(1))
    title: str = field(validator=min_len(1))
    url: str = field(validator=min_len(1))
    footer: str = ""
    reply_to: str = ""


@frozen(kw_only=True)
class FormPart:
    """A form of the channel's own (WhatsApp: a flow), named by `form`, behind a button that says `button`."""

    body: RichText = field(converter=rich_text, validator=min_len(1))
    button: str = field(validator=min_len(1))
    form: str = field(validator=min_len(1))
    screen: str = ""
    footer: str = ""
    reply_to: str = ""


@frozen(kw_only=True)
class ContactRequestPart:
    """A text with a button that shares the person's own phone number. Some channels choose the `title` themselves."""

    body: RichText = field(converter=rich_text, validator=min_len(1))
    title: str = field(validator=min_len(1))
    reply_to: str = ""


class TemplateCategory(StrEnum):
    """What a template is for, as the channel has approved it."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"


@frozen(kw_only=True)
class TemplatePart:
    """A text the channel has approved before, which may be sent at any time.

    `language` is the channel's code of it ("en_US"), `category` None where it is not given. `parameters` fill the
    placeholders of its body, in order or by name, `header_text` or `header_file` that of its header. `payloads` are
    what its quick replies send back, and `urls` what its links end in: each by the position of its button, blank at
    the others.
    """

    name: str = field(validator=min_len(1))
    language: str = field(validator=min_len(1))
    parameters: tuple[str, ...] = ()
    named_parameters: tuple[tuple[str, str], ...] = ()
    header_text: str = ""
    header_file: MediaPart | None = None
    payloads: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    category: TemplateCategory | None = None

    @property
    def may_be_marketing(self) -> bool:
        return self.category in (None, TemplateCategory.MARKETING)


type Part = (
    TextPart
    | MediaPart
    | LocationPart
    | ContactsPart
    | ReactionPart
    | ButtonsPart
    | MenuPart
    | LinkPart
    | ContactRequestPart
    | FormPart
    | TemplatePart
)
# A part of an agent's reply. Its files are uploaded, then it is a `Part`.
type DraftPart = Part | FilePart


def offered(part: DraftPart) -> tuple[Choice, ...]:
    """The answers a part offers, in the order they are shown."""
    return part.choices if isinstance(part, ButtonsPart | MenuPart) else ()


def offered_last(parts: Sequence[DraftPart]) -> tuple[Choice, ...]:
    """The answers of the last part that offers any."""
    return next(filter(None, map(offered, reversed(parts))), ())
