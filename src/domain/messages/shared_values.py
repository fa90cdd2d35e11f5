"""Values that both people and agents send: places, contacts, choices, kinds of files."""

import hashlib
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import ge, le, min_len


class MediaKind(StrEnum):
    """How a file is shown. A voice note is audio that was recorded for this conversation."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"


@frozen(kw_only=True)
class Location:
    """A place, in degrees (WGS 84)."""

    latitude: float = field(validator=[ge(-90), le(90)])
    longitude: float = field(validator=[ge(-180), le(180)])
    name: str = ""
    address: str = ""


@frozen(kw_only=True)
class ContactCard:
    """A contact: name, phones and emails."""

    name: str = field(validator=min_len(1))
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


@frozen(kw_only=True)
class Choice:
    """One of several answers that a person may tap. They read `title`; the channel returns `id`, or `short_id`."""

    id: str = field(validator=min_len(1))
    title: str = field(validator=min_len(1))
    description: str = ""

    @property
    def short_id(self) -> str:
        """A digest in place of the id, for a channel that cannot carry it: 41 ASCII characters."""
        return f"~{hashlib.sha256(self.id.encode()).hexdigest()[:40]}"
