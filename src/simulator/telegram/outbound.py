"""What the bot sends and does: accepted or refused, and shown on the phone.

Source: Telegram, "Bot API" 10.1, "Available methods".
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from simulator.state.chat_messages import TELEGRAM, Author, ChatMessage, DeliveryStatus
from simulator.state.media import Media
from simulator.telegram.bot import Bot
from simulator.telegram.chats import Chat, Chats
from simulator.telegram.errors import bad_request
from simulator.telegram.files import Files, wire_file
from simulator.telegram.formatting import read_text, units
from simulator.telegram.keyboards import INLINE, checked_markup
from simulator.telegram.reactions import ACTIONS, checked_reaction
from simulator.telegram.requests import FILES, Call, number

MAX_TEXT = 4096
MAX_CAPTION = 1024
# The type of a message on the phone, for the field of a file.
TYPES = {"photo": "image", "voice": "audio"}

type Fields = Mapping[str, Any]


@frozen(kw_only=True)
class Content:
    """What a message says: its fields as Telegram has them in `wire`, and what the phone shows."""

    wire: Fields
    type: str
    body: str
    shown: Fields = field(factory=dict)
    media: Media | None = None


class Outbound:
    """The methods with which a bot writes."""

    def __init__(self, *, bot: Callable[[], Bot], chats: Chats, files: Files) -> None:
        self._bot = bot
        self._chats = chats
        self._files = files

    async def send(self, call: Call) -> dict[str, object]:
        """Send a message. Returns it.

        Raises:
            BotApiError: Telegram refuses it.
        """
        chat = self._chats.reached(call.fields["chat_id"])
        content = await self._content(call)
        markup = checked_markup(call.fields["reply_markup"]) if "reply_markup" in call.fields else None
        replied_to = _replied_to(chat, call.fields)
        about: dict[str, object] = {} if replied_to is None else {"reply_to_message": chat.wire[replied_to]}
        if markup and INLINE in markup:
            about["reply_markup"] = markup
        message = ChatMessage(
            number=chat.number,
            channel=TELEGRAM,
            author=Author.BUSINESS,
            id=str(chat.next_number()),
            type=content.type,
            body=content.body,
            content={**content.shown, **({"reply_markup": markup} if markup else {})},
            media_id=content.media.id if content.media else None,
            reply_to=None if replied_to is None else str(replied_to),
            status=DeliveryStatus.DELIVERED,
        )
        head = {"message_id": int(message.id), "from": self._bot().user, "chat": chat.as_wire, "date": int(message.at)}
        wire = {**head, **content.wire, **about}
        chat.put(message, wire)
        return wire

    def react(self, fields: Fields) -> bool:
        """Set or remove the bot's reaction.

        Raises:
            BotApiError: there is no such message, or no such reaction.
        """
        chat = self._chats.reached(fields["chat_id"])
        emoji = checked_reaction(fields.get("reaction"))
        if fields["message_id"] not in chat.wire:
            raise bad_request("message to react not found")
        message = chat.find(str(fields["message_id"]))
        message.react(Author.BUSINESS, emoji)
        chat.changed(message)
        return True

    def show_action(self, fields: Fields) -> bool:
        """Show that the bot is typing, or does something else that takes time.

        Raises:
            BotApiError: there is no such action.
        """
        chat = self._chats.reached(fields["chat_id"])
        if fields["action"] not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        chat.show_typing(on=True)
        return True

    async def _content(self, call: Call) -> Content:
        fields = call.fields
        if call.method == "sendMessage":
            text, marked = _read(fields, "text", MAX_TEXT, "message")
            return Content(wire={"text": text, **marked}, type="text", body=text, shown={"body": text, **marked})
        if call.method in FILES:
            return await self._file(FILES[call.method], fields)
        return _contact(fields) if call.method == "sendContact" else _place(fields)

    async def _file(self, name: str, fields: Fields) -> Content:
        caption, marked = _read(fields, "caption", MAX_CAPTION, "message caption")
        media = await self._files.sent(name, fields[name])
        wire: dict[str, object] = {name: wire_file(name, media)}
        if caption:
            wire |= {"caption": caption, **({"caption_entities": marked["entities"]} if marked else {})}
        kind = TYPES.get(name, name)
        shown = {"filename": media.filename, "caption": caption, "voice": name == "voice", **marked}
        body = caption or (media.filename if name == "document" else "") or f"[{name}]"
        return Content(wire=wire, type=kind, body=body, shown=shown, media=media)


def _read(fields: Fields, name: str, limit: int, what: str) -> tuple[str, dict[str, object]]:
    """The text in a field, and its entities where it has some."""
    text, entities = read_text(fields.get(name, ""), fields.get("parse_mode"))
    if name == "text" and not text.strip():
        raise bad_request("message text is empty")
    if units(text) > limit:
        raise bad_request(f"{what} is too long")
    given = fields.get("entities" if name == "text" else "caption_entities") or list(entities)
    return text, {"entities": given} if given else {}


def _place(fields: Fields) -> Content:
    latitude, longitude = (number(fields, name, default=0) for name in ("latitude", "longitude"))
    if abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - degrees
        raise bad_request("wrong location specified")
    place = {"latitude": latitude, "longitude": longitude}
    if "title" not in fields:
        return Content(wire={"location": place}, type="location", body="[location]", shown=place)
    named = {"title": fields["title"], "address": fields["address"]}
    shown = {**place, "name": fields["title"], "address": fields["address"]}
    wire = {"location": place, "venue": {"location": place, **named}}
    return Content(wire=wire, type="location", body=str(fields["title"]), shown=shown)


def _contact(fields: Fields) -> Content:
    contact = {name: fields[name] for name in ("phone_number", "first_name", "last_name", "vcard") if fields.get(name)}
    name = " ".join(str(contact[part]) for part in ("first_name", "last_name") if part in contact)
    card = {"name": {"formatted_name": name}, "phones": [{"phone": contact["phone_number"]}]}
    return Content(wire={"contact": contact}, type="contacts", body=name, shown={"cards": [card]})


def _replied_to(chat: Chat, fields: Fields) -> int | None:
    """The number of the message that this one replies to."""
    reply = fields.get("reply_parameters")
    if reply is None:
        return None
    if not isinstance(reply, Mapping) or not isinstance(reply.get("message_id"), int):
        raise bad_request("can't parse reply parameters JSON object")
    if reply["message_id"] in chat.wire:
        return int(reply["message_id"])
    if reply.get("allow_sending_without_reply") is True:
        return None
    raise bad_request("message to be replied not found")
