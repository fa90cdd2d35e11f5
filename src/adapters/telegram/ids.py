"""The ids of messages.

Telegram counts the messages of each chat from 1, and ours are unique within the channel. So an id is the chat and the
number: "4711.7". A tap is not a message and has the id of its callback query: "tap.1234". Other events about a message
end in the number of their update: "4711.7.edited.99".
"""

import re

MESSAGE_NUMBER = re.compile(r"[^.]+\.(\d{1,15})(?:\..*)?")
TAP = "tap."


def message_id(chat: object, number: int) -> str:
    return f"{chat}.{number}"


def message_number(message_id: str) -> int | None:
    """The number in its chat of the message that an id is about; None for an id of something else."""
    found = MESSAGE_NUMBER.fullmatch(message_id)
    return int(found[1]) if found and not message_id.startswith(TAP) else None
