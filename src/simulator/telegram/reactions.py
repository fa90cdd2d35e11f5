"""The reactions that Telegram knows, and what a bot can show that it does.

Source: Telegram, "Bot API" 10.1, "ReactionTypeEmoji" and "sendChatAction".
"""

from collections.abc import Mapping

from simulator.telegram.errors import bad_request

VARIATION = "\N{VARIATION SELECTOR-16}"
# A bot may use these alone, without variation selectors. People may use others, too, with a paid account.
_ROWS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐",
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾",
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡",
)
REACTIONS = frozenset(emoji for row in _ROWS for emoji in row.split())
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
        *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)


def checked_reaction(reactions: object) -> str:
    """The emoji of a reaction; empty when it is removed.

    Raises:
        BotApiError: it is not one that a bot may use. A bot has one reaction to a message at most.
    """
    if not reactions:
        return ""
    if not isinstance(reactions, list) or not all(isinstance(reaction, Mapping) for reaction in reactions):
        raise bad_request("can't parse reaction types: expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = reactions[0].get("emoji")
    if emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return str(emoji)


def wire_reaction(emoji: str) -> list[dict[str, str]]:
    """The reactions of one person to one message, as an update has them."""
    return [{"type": "emoji", "emoji": emoji.replace(VARIATION, "")}] if emoji else []
