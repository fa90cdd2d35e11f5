"""What a channel can show and do."""

import re
from enum import StrEnum
from functools import cached_property

from attrs import frozen

from domain.messages.shared_values import MediaKind

ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class TextUnit(StrEnum):
    """What a channel counts when it limits the length of a text."""

    CHARACTERS = "characters"
    UTF16 = "UTF-16 code units"
    BYTES = "bytes"

    def size(self, text: str) -> int:
        """The length of a text in this unit."""
        if text.isascii() or self is TextUnit.CHARACTERS:
            return len(text)
        return len(text.encode()) if self is TextUnit.BYTES else len(text) + len(ASTRAL.findall(text))


@frozen(kw_only=True)
class ChoiceLimits:
    """The limits of a question with answers to tap.

    At most `count` answers, each with a title of `title` units, an id of `id_bytes` bytes and a description of
    `description` units. The text of the question has at most `body` units.
    """

    count: int
    title: int
    id_bytes: int
    description: int = 0
    body: int


@frozen(kw_only=True)
class Capabilities:
    """What a channel can show and do, and its limits. Lengths are in `unit`; 0 and None mean that there is none.

    `type` names the kind of channel. `files` are the kinds of files that can be sent, `caption` is for those of the
    kinds `captioned`. `cards` are contacts in one message; with `cards_need_phone`, only contacts with a number.
    `buttons` and `rows` are questions with buttons, and with a list behind a button whose title has `opener` units.
    `link_title`, `contact_request_title` and `form_title` are for a button that opens an address, shares the person's
    own phone number, or opens a form, below a text of `body` units.
    `emoji` are those that a reaction may be, without variation selectors; where there are none, it may be any.

    `begins_conversations`: people can be written to first. `window_seconds`: free texts may be sent for so long after a
    person's message. `confirms_sends`: a status names the part that it is about, so an unconfirmed send is found.
    `statuses`: people's devices report what was delivered. `typing_seconds`: how long one acknowledgement shows.
    """

    type: str
    unit: TextUnit = TextUnit.CHARACTERS
    text: int
    caption: int = 0
    captioned: frozenset[MediaKind] = frozenset()
    files: frozenset[MediaKind] = frozenset()
    locations: bool = False
    cards: int = 0
    cards_need_phone: bool = False
    body: int = 0
    footer: int = 0
    buttons: ChoiceLimits | None = None
    rows: ChoiceLimits | None = None
    opener: int = 0
    link_title: int = 0
    contact_request_title: int = 0
    form_title: int = 0
    reactions: bool = False
    emoji: frozenset[str] = frozenset()
    templates: bool = False
    begins_conversations: bool = False
    window_seconds: float | None = None
    confirms_sends: bool = False
    statuses: bool = False
    edits: bool = False
    groups: bool = False
    typing_seconds: float | None = None
    read_receipts: bool = False

    @cached_property
    def described(self) -> str:
        """The limits in words, for agents."""
        buttons, rows = self.buttons, self.rows
        return "; ".join(
            (
                f"texts of {self.text} {self.unit}",
                f"captions of {self.caption}" if self.caption else "no captions",
                f"{buttons.count} buttons with titles of {buttons.title}" if buttons else "no buttons",
                f"lists of {rows.count} rows with titles of {rows.title}" if rows else "no lists",
                "contact requests" if self.contact_request_title else "no contact requests",
                "templates" if self.templates else "no templates",
                "forms" if self.forms else "no forms",
            )
        )

    @property
    def forms(self) -> bool:
        """Whether forms can be sent."""
        return self.form_title > 0

    def fits(self, text: str, limit: int) -> bool:
        return self.unit.size(text) <= limit
