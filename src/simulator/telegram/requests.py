"""The methods of the Bot API that the simulator plays, and the fields of each.

Source: Telegram, "Bot API" 10.1, "Making requests" and "Available methods".
"""

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from simulator.state.media import Media
from simulator.telegram.errors import BotApiError, bad_request

CAPTION = ("caption", "parse_mode", "caption_entities")
SENT = ("chat_id*", "reply_parameters", "reply_markup", "disable_notification", "protect_content")
FILES: Mapping[str, str] = {
    "sendPhoto": "photo",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendDocument": "document",
    "sendSticker": "sticker",
}
# The fields that each method knows. Those with a star must be there. Telegram ignores other fields. Here they are
# refused, because they are mistakes.
SENDS: Mapping[str, tuple[str, ...]] = {
    "sendMessage": ("text*", "parse_mode", "entities", "link_preview_options"),
    **{method: (f"{name}*", *(() if name == "sticker" else CAPTION)) for method, name in FILES.items()},
    "sendLocation": ("latitude*", "longitude*"),
    "sendVenue": ("latitude*", "longitude*", "title*", "address*"),
    "sendContact": ("phone_number*", "first_name*", "last_name", "vcard"),
}
METHODS: Mapping[str, tuple[str, ...]] = {
    **{method: (*SENT, *fields) for method, fields in SENDS.items()},
    "getMe": (),
    "getUpdates": ("offset", "limit", "timeout", "allowed_updates"),
    "setWebhook": ("url", "secret_token", "allowed_updates", "drop_pending_updates", "max_connections", "ip_address"),
    "deleteWebhook": ("drop_pending_updates",),
    "getWebhookInfo": (),
    "getFile": ("file_id*",),
    "setMessageReaction": ("chat_id*", "message_id*", "reaction", "is_big"),
    "sendChatAction": ("chat_id*", "action*"),
    "answerCallbackQuery": ("callback_query_id*", "text", "show_alert", "url", "cache_time"),
}
# In a form or in a query these are JSON. All others are texts.
JSON_FIELDS = frozenset(
    {
        *("chat_id", "message_id", "latitude", "longitude", "offset", "limit", "timeout", "max_connections"),
        *("reply_parameters", "reply_markup", "link_preview_options", "entities", "caption_entities", "reaction"),
        *("allowed_updates", "drop_pending_updates", "disable_notification", "protect_content", "is_big"),
        *("show_alert", "cache_time"),
    }
)


@frozen
class Call:
    """A method that was called, with its fields. A file that came with it is a `Media`."""

    method: str
    fields: Mapping[str, Any]


def checked_call(method: str, given: Mapping[str, object]) -> Call:
    """The call of a method that exists, with the fields that it must have.

    Raises:
        BotApiError: there is no such method, or its fields are wrong.
    """
    if method not in METHODS:
        raise BotApiError("Not Found", code=404)
    names = {name.removesuffix("*"): name.endswith("*") for name in METHODS[method]}
    if unknown := sorted(given.keys() - names.keys()):
        raise bad_request(f"{method} has no field {', '.join(unknown)} in the simulator")
    fields = {name: _value(name, value) for name, value in given.items()}
    for name in (name for name, required in names.items() if required):
        if fields.get(name) in (None, ""):
            raise bad_request(f"{'message text' if name == 'text' else name} is empty")
    return Call(method, fields)


def number(fields: Mapping[str, Any], name: str, *, default: float) -> float:
    """The number in the field `name`.

    Raises:
        BotApiError: it is no number.
    """
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_request(f"{name} must be a number")
    return value


def names(fields: Mapping[str, Any], name: str) -> list[str] | None:
    """The texts in the list `name`; None where it is not given.

    Raises:
        BotApiError: it is no list of texts.
    """
    value = fields.get(name)
    if value is not None and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise bad_request(f"can't parse {name}: expected an Array of String")
    return value


def _value(name: str, value: object) -> object:
    if isinstance(value, Media) or name not in JSON_FIELDS or not isinstance(value, str):
        if name not in JSON_FIELDS and not isinstance(value, str | Media | bool):
            raise bad_request(f"{name} must be a String")
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # such as the username of a channel
