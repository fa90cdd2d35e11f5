"""The messages of people, as the bot gets them.

Source: Telegram, "Bot API" 10.1, "Message".
"""

from collections.abc import Mapping

from simulator.phone.drafts import Draft, ImpossibleActionError
from simulator.phone.drafts import draft as whatsapp_draft
from simulator.state.media import MediaShelf
from simulator.telegram.chats import Chat
from simulator.telegram.files import wire_file
from simulator.telegram.formatting import command_entities

FIELDS = {"image": "photo", "video": "video", "document": "document", "sticker": "sticker"}
SHARED = frozenset(("text", "image", "video", "voice", "audio", "document", "sticker", "location", "contacts"))
POLL_OPTIONS = ("Tea", "Coffee")


def draft(kind: str, fields: Mapping[str, object], shelf: MediaShelf) -> Draft:
    """A draft of this kind. A field that `fields` does not have gets a sample value.

    Raises:
        ImpossibleActionError: Telegram has no such kind, or there is no such file on the shelf.
    """
    if kind in SHARED:
        return whatsapp_draft(kind, fields, shelf)
    match kind:
        case "poll":
            question = str(fields.get("question") or "Tea or coffee?")
            return Draft(type="poll", body=question, content={"body": question})
        case "dice":
            return Draft(type="dice", body="🎲", content={"body": "🎲"})
    raise ImpossibleActionError(f"{kind!r} is not one of {', '.join(sorted((*SHARED, 'poll', 'dice')))}")


def wire_content(message: Draft, chat: Chat, shelf: MediaShelf) -> Mapping[str, object]:
    """The content of a message, as the fields of `Message`."""
    content = message.content
    if message.type == "contacts":
        return {"contact": _contact(content[0], chat)}  # type: ignore[index]
    if not isinstance(content, Mapping):
        raise ImpossibleActionError("Telegram has no such message")
    match message.type:
        case "text":
            entities = command_entities(message.body)
            return {"text": message.body, **({"entities": entities} if entities else {})}
        case "location":
            return _place(content)
        case "poll":
            options = [{"text": text, "voter_count": 0} for text in POLL_OPTIONS]
            about = {"id": "1", "type": "regular", "is_closed": False, "total_voter_count": 0, "is_anonymous": True}
            return {"poll": {**about, "question": message.body, "options": options}}
        case "dice":
            return {"dice": {"emoji": "🎲", "value": 4}}
    media = shelf.get(message.media_id or "")
    if media is None:
        raise ImpossibleActionError(f"Telegram has no message of the type {message.type}")
    name = FIELDS.get(message.type) or ("voice" if content.get("voice") else "audio")
    caption = {"caption": content["caption"]} if content.get("caption") else {}
    return {name: wire_file(name, media), **caption}


def _place(content: Mapping[str, object]) -> Mapping[str, object]:
    """A place with a name is a venue."""
    place = {name: content[name] for name in ("latitude", "longitude")}
    if not content.get("name"):
        return {"location": place}
    named = {"title": content["name"], "address": content.get("address") or ""}
    return {"location": place, "venue": {"location": place, **named}}


def _contact(card: Mapping[str, object], chat: Chat) -> Mapping[str, object]:
    """Only the card of an own number has a user id here."""
    first, _, last = str(card["name"]["formatted_name"]).partition(" ")  # type: ignore[index]
    phone = str(card["phones"][0]["phone"])  # type: ignore[index]
    names = {"first_name": first, **({"last_name": last} if last else {})}
    return {"phone_number": phone, **names, **({"user_id": chat.id} if card.get("own") else {})}
