"""Parts of a reply as the Bot API takes them.

Source: Telegram, "Bot API" 10.1 (June 2026), "Available methods".
"""

import mimetypes
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from adapters.channel_kit.dialects.html import HtmlDialect
from adapters.channel_kit.json_fields import JsonObject
from adapters.channel_kit.vcards import vcard_of
from adapters.telegram.api import AttachedFile
from adapters.telegram.capabilities import MAX_CALLBACK_BYTES
from adapters.telegram.ids import message_number
from application.ports.messenger import SendFailedError
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FilePart,
    LinkPart,
    LocationPart,
    MediaPart,
    Part,
    ReactionPart,
    TextPart,
)
from domain.messages.plain_text import describe_location
from domain.messages.rich_text import RichText
from domain.messages.shared_values import Choice, MediaKind
from domain.policies.retry import SendFailure

DIALECT = HtmlDialect()
# Telegram takes a file only in a message to somebody. So the file of a reply stays in the reply: its id is its content.
CARRIED = "data:"
SEPARATOR = ";base64,"
FILE_FIELDS: Mapping[MediaKind, str] = {**{kind: kind.value for kind in MediaKind}, MediaKind.IMAGE: "photo"}
MAX_VCARD = 2048  # bytes


@frozen(kw_only=True)
class BotMessage:
    """One call that sends a message; `file` goes with it."""

    method: str
    fields: JsonObject = field(repr=False)
    file: AttachedFile | None = None


def bot_message(part: Part, *, markup: bool = True) -> BotMessage:
    """The call that sends `part`, without the chat. Without `markup` its texts are plain.

    Raises:
        SendFailedError: PART_REFUSED, it names no message of Telegram.
    """
    message = WRITERS[type(part)](part, markup)
    if (number := message_number(getattr(part, "reply_to", ""))) is None:
        return message
    reply = {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}}
    return BotMessage(method=message.method, fields={**message.fields, **reply}, file=message.file)


def carried(file: FilePart) -> str:
    """The file as an id."""
    return f"{CARRIED}{file.mime_type}{SEPARATOR}{b64encode(file.content).decode()}"


def _written(name: str, text: RichText, markup: bool) -> JsonObject:
    """A text in the field `name`. Without anything to mark it is sent as it is, and no tag can be wrong."""
    if markup and text.spans:
        return {name: DIALECT.write(text), "parse_mode": "HTML"}
    return {name: text.text} if text else {}


def _message(body: RichText, markup: bool, **more: object) -> BotMessage:
    fields = {**_written("text", body, markup), "link_preview_options": {"is_disabled": True}, **more}
    return BotMessage(method="sendMessage", fields=fields)


def _media(part: MediaPart, markup: bool) -> BotMessage:
    name = FILE_FIELDS[part.kind]
    caption = _written("caption", part.caption, markup)
    method = f"send{name.capitalize()}"
    if not part.id.startswith(CARRIED):
        return BotMessage(method=method, fields={name: part.id or part.link, **caption})
    mime_type, _, content = part.id.removeprefix(CARRIED).partition(SEPARATOR)
    filename = part.filename or f"{name}{mimetypes.guess_extension(mime_type) or '.bin'}"
    file = AttachedFile(name=name, filename=filename, content=b64decode(content), mime_type=mime_type)
    return BotMessage(method=method, fields=caption, file=file)


def _location(part: LocationPart, _markup: bool) -> BotMessage:
    place = part.location
    degrees = {"latitude": place.latitude, "longitude": place.longitude}
    if not (place.name or place.address):
        return BotMessage(method="sendLocation", fields=degrees)
    named = {"title": place.name or place.address, "address": place.address or describe_location(place)}
    return BotMessage(method="sendVenue", fields={**degrees, **named})


def _contacts(part: ContactsPart, _markup: bool) -> BotMessage:
    """One card, which has a phone number (see `messenger`)."""
    (card,) = part.cards
    fields: dict[str, object] = {"phone_number": card.phones[0], "first_name": card.name}
    if (card.phones[1:] or card.emails or card.organisation) and len((vcard := vcard_of(card)).encode()) <= MAX_VCARD:
        fields["vcard"] = vcard
    return BotMessage(method="sendContact", fields=fields)


def _reaction(part: ReactionPart, _markup: bool) -> BotMessage:
    number = message_number(part.message_id)
    if number is None:
        raise SendFailedError(SendFailure.PART_REFUSED, "not sent, it names no message of Telegram")
    reaction = [{"type": "emoji", "emoji": part.emoji}] if part.emoji else []
    return BotMessage(method="setMessageReaction", fields={"message_id": number, "reaction": reaction})


def _buttons(part: ButtonsPart, markup: bool) -> BotMessage:
    """A question. Each answer is a row of its own, so that its title is seen whole."""
    rows = [[{"text": choice.title, "callback_data": callback_data(choice)}] for choice in part.choices]
    return _message(part.body, markup, reply_markup={"inline_keyboard": rows})


def callback_data(choice: Choice) -> str:
    """The id of the choice, or its short form where a button cannot hold it."""
    return choice.id if len(choice.id.encode()) <= MAX_CALLBACK_BYTES else choice.short_id


def _link(part: LinkPart, markup: bool) -> BotMessage:
    return _message(part.body, markup, reply_markup={"inline_keyboard": [[{"text": part.title, "url": part.url}]]})


def _contact_request(part: ContactRequestPart, markup: bool) -> BotMessage:
    """The button stands in the place of the phone's keyboard, until it is tapped."""
    rows = [[{"text": part.title, "request_contact": True}]]
    keyboard = {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    return _message(part.body, markup, reply_markup=keyboard)


WRITERS: Mapping[type, Callable[[Any, bool], BotMessage]] = {
    TextPart: lambda part, markup: _message(part.body, markup),
    MediaPart: _media,
    LocationPart: _location,
    ContactsPart: _contacts,
    ReactionPart: _reaction,
    ButtonsPart: _buttons,
    LinkPart: _link,
    ContactRequestPart: _contact_request,
}
