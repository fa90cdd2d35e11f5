"""Checks the buttons of a message: those below it, and those in the place of the phone's keyboard.

Source: Telegram, "Bot API" 10.1, "InlineKeyboardButton", "KeyboardButton" and "ReplyKeyboardRemove".
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from simulator.telegram.errors import bad_request

MAX_DATA_BYTES = 64
MAX_INLINE_BUTTONS = 100
MAX_KEYBOARD_BUTTONS = 300
INLINE, KEYBOARD, REMOVE = "inline_keyboard", "keyboard", "remove_keyboard"


def checked_markup(markup: object) -> Mapping[str, Any]:
    """The `reply_markup` of a message.

    Raises:
        BotApiError: Telegram refuses it.
    """
    if not isinstance(markup, Mapping):
        raise bad_request("object expected as reply markup")
    if INLINE in markup:
        for button in _buttons(markup, INLINE, MAX_INLINE_BUTTONS):
            _check_inline(button)
    elif KEYBOARD in markup:
        for button in _buttons(markup, KEYBOARD, MAX_KEYBOARD_BUTTONS):
            _text(button, "keyboard button")
    elif not (markup.get(REMOVE) is True or markup.get("force_reply") is True):
        raise bad_request("can't parse reply keyboard markup JSON object")
    return markup


def _buttons(markup: Mapping[str, Any], name: str, most: int) -> Sequence[Mapping[str, Any]]:
    rows = markup[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f"field {name} of the {name.replace('_', ' ')} must be an Array of Arrays")
    buttons = [
        {"text": button} if isinstance(button, str) else button for button in itertools.chain.from_iterable(rows)
    ]
    if not all(isinstance(button, Mapping) for button in buttons):
        raise bad_request("can't parse button: expected an Object")
    if len(buttons) > most:
        raise bad_request("reply markup is too long")
    return buttons


def _text(button: Mapping[str, Any], what: str) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request(f"can't parse {what}: Text must be non-empty")


def _check_inline(button: Mapping[str, Any]) -> None:
    """A button opens an address, or sends its data back."""
    _text(button, "inline keyboard button")
    url, data = button.get("url"), button.get("callback_data")
    if url is not None:
        if not (isinstance(url, str) and re.match(r"(https?|tg)://\S+\Z", url)):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    elif not (isinstance(data, str) and 1 <= len(data.encode()) <= MAX_DATA_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
