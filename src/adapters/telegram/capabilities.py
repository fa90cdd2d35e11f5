"""What Telegram can show and do, and its limits.

Source: Telegram, "Bot API" 10.1 (June 2026): "sendMessage", "sendPhoto", "InlineKeyboardButton", "ReactionTypeEmoji",
"sendChatAction", and "Bots FAQ" for the rates. The Bot API names no limit for the title of a button. Phones cut a title
that is longer than the screen is wide, so ours is about one line.
"""

from application.ports.capabilities import Capabilities, ChoiceLimits, TextUnit
from domain.messages.shared_values import MediaKind
from domain.policies.send_rate import SendRate, SendRates

MAX_TEXT = 4096
MAX_CALLBACK_BYTES = 64  # of an id; a longer one travels in a short form (`Choice.short_id`)
MAX_TITLE = 64

# A bot may react with these alone, without variation selectors.
_ROWS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐",
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾",
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡",
)
EMOJI = frozenset(emoji for row in _ROWS for emoji in row.split())

TELEGRAM = Capabilities(
    type="telegram",
    unit=TextUnit.UTF16,
    text=MAX_TEXT,
    caption=1024,
    captioned=frozenset(MediaKind) - {MediaKind.STICKER},
    files=frozenset(MediaKind),
    locations=True,
    cards=1,
    cards_need_phone=True,
    body=MAX_TEXT,
    buttons=ChoiceLimits(count=20, title=MAX_TITLE, id_bytes=256, body=MAX_TEXT),
    link_title=MAX_TITLE,
    contact_request_title=MAX_TITLE,
    reactions=True,
    emoji=EMOJI,
    typing_seconds=5.0,
)
# About 30 messages a second in all and one a second to a person, with short bursts.
SEND_RATES = SendRates(person=SendRate(interval_seconds=1, burst=5), account=SendRate(interval_seconds=1 / 25, burst=5))
