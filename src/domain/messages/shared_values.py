"""What people and agents can show each other besides words, whichever way it goes."""

from enum import StrEnum

from attrs import field, frozen
from attrs.validators import ge, le, min_len


class MediaKind(StrEnum):
    """What a file is meant as; a voice note is audio recorded for this conversation."""

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
    """Somebody's name, and how to reach them."""

    name: str = field(validator=min_len(1))
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    organisation: str = ""


@frozen(kw_only=True)
class Choice:
    """One of several answers a person may tap; `id` comes back, `title` is what they read."""

    id: str = field(validator=min_len(1))
    title: str = field(validator=min_len(1))
    description: str = ""
