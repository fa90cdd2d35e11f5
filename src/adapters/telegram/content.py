"""What a message says.

Source: Telegram, "Bot API" 10.1 (June 2026), "Message" and the types of its fields.
"""

from collections.abc import Callable, Mapping

from adapters.channel_kit.json_fields import (
    JsonObject,
    display_name,
    maybe_count,
    maybe_identifier,
    maybe_location,
    maybe_number,
    maybe_object,
    maybe_objects,
    maybe_text,
)
from domain.messages.inbound import Content, Media, SharedContacts, SharedLocation, Text, Unsupported
from domain.messages.shared_values import ContactCard, MediaKind

MAX_DOWNLOAD = 20 * 1000 * 1000  # "getFile": bots can download files of up to 20 MB
TOO_LARGE = "Telegram gives bots no files of more than 20 MB"
# Of an animation there is a document, too, so it stands before that.
FILES: Mapping[str, MediaKind] = {
    **dict.fromkeys(("animation", "video", "video_note"), MediaKind.VIDEO),
    **{kind.value: kind for kind in (MediaKind.VOICE, MediaKind.AUDIO, MediaKind.DOCUMENT)},
}
# What people send, and nobody can read here. What is not on any of these lists is news about the chat.
UNREADABLE = ("dice", "game", "story", "checklist", "paid_media", "invoice", "gift", "unique_gift", "giveaway")


def read_content(fields: JsonObject) -> Content | None:
    """What the message says; None for news about the chat."""
    text = fields.get("text")
    if isinstance(text, str):
        return Text(body=maybe_text(text))
    for name, read in READERS.items():
        if name in fields:
            return read(fields) or Unsupported(kind=name)
    return next((Unsupported(kind=name) for name in UNREADABLE if name in fields), None)


def body_of(fields: JsonObject) -> str:
    """The text or the caption of a message."""
    return maybe_text(fields.get("text")) or maybe_text(fields.get("caption"))


def _photo(fields: JsonObject) -> Media | None:
    """The largest of the sizes."""
    sizes = maybe_objects(fields.get("photo"))
    largest = max(sizes, key=lambda size: maybe_count(size.get("width")) or 0, default=None)
    return None if largest is None else _media(largest, fields, MediaKind.IMAGE, "image/jpeg")


def _sticker(fields: JsonObject) -> Media | None:
    sticker = maybe_object(fields.get("sticker"))
    moving = {"is_animated": "application/x-tgsticker", "is_video": "video/webm"}
    mime_type = next((mime_type for flag, mime_type in moving.items() if sticker.get(flag) is True), "image/webp")
    return _media(sticker, {"caption": sticker.get("emoji")}, MediaKind.STICKER, mime_type)


def _file(name: str) -> Callable[[JsonObject], Media | None]:
    return lambda fields: _media(maybe_object(fields.get(name)), fields, FILES[name])


def _media(file: JsonObject, message: JsonObject, kind: MediaKind, mime_type: str = "") -> Media | None:
    file_id = maybe_identifier(file.get("file_id"))
    if file_id is None:
        return None
    return Media(
        kind=kind,
        id=file_id,
        mime_type=maybe_text(file.get("mime_type")) or mime_type,
        caption=maybe_text(message.get("caption")),
        filename=maybe_text(file.get("file_name")),
        trouble=TOO_LARGE if (maybe_number(file.get("file_size")) or 0) > MAX_DOWNLOAD else "",
        size=maybe_count(file.get("file_size")),
    )


def _place(fields: JsonObject) -> SharedLocation | None:
    """A venue is a place with a name."""
    venue = maybe_object(fields.get("venue"))
    place = maybe_object(fields.get("location"))
    location = maybe_location(place, name=venue.get("title"), address=venue.get("address"))
    return SharedLocation(location=location) if location else None


def _contact(fields: JsonObject) -> SharedContacts | None:
    contact = maybe_object(fields.get("contact"))
    phone, name = maybe_text(contact.get("phone_number")), full_name(contact)
    if not (phone or name):
        return None
    return SharedContacts(cards=(ContactCard(name=name or phone, phones=(phone,) if phone else ()),))


def full_name(fields: JsonObject) -> str | None:
    """First and last name of a person or of a contact, or else the username."""
    names = " ".join(filter(None, (maybe_text(fields.get("first_name")), maybe_text(fields.get("last_name")))))
    return display_name(names) or display_name(fields.get("username"))


def _poll(fields: JsonObject) -> Unsupported:
    """A poll is named by its question: bots do not see who votes what."""
    question = maybe_text(maybe_object(fields.get("poll")).get("question"))
    return Unsupported(kind="poll", detail=f"a poll: {question}" if question else "")


READERS: Mapping[str, Callable[[JsonObject], Content | None]] = {
    "photo": _photo,
    **{name: _file(name) for name in FILES},
    "sticker": _sticker,
    "location": _place,
    "contact": _contact,
    "poll": _poll,
}
