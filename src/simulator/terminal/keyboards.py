"""The buttons of a Telegram message, in the terminal.

Shapes: Telegram, "Bot API" 10.1 (June 2026), "InlineKeyboardButton" and "KeyboardButton".
"""

import itertools
from collections.abc import Mapping
from typing import Any

from simulator.phone.choices import Choice

type Json = Mapping[str, Any]


def keyboard_choices(markup: Json) -> tuple[Choice, ...]:
    """What can be tapped: buttons below the message, or the keys of a keyboard."""
    inline = (button for button in _buttons(markup, "inline_keyboard") if "callback_data" in button)
    keys = _buttons(markup, "keyboard")
    return (
        *(Choice(id=button["callback_data"], title=button["text"], kind="button", answer=button) for button in inline),
        *(Choice(id=key["text"], title=key["text"], kind=_kind(key), answer=key) for key in keys),
    )


def link_lines(markup: Json) -> list[str]:
    """A line for each button that opens an address."""
    links = (button for button in _buttons(markup, "inline_keyboard") if "url" in button)
    return [f"  [{button['text']}] {button['url']}" for button in links]


def _buttons(markup: Json, name: str) -> list[Json]:
    buttons = itertools.chain.from_iterable(markup.get(name) or ())
    return [{"text": button} if isinstance(button, str) else button for button in buttons]


def _kind(key: Json) -> str:
    return "contact_key" if key.get("request_contact") else "key"
