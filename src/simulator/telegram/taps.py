"""The taps on buttons that wait for the bot's answer.

Source: Telegram, "Bot API" 10.1, "CallbackQuery" and "answerCallbackQuery".
"""

import secrets
from collections.abc import Mapping

from simulator.state.chat_messages import TELEGRAM, ChatMessage
from simulator.telegram.chats import Chat
from simulator.telegram.errors import bad_request

MAX_ANSWER = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Taps:
    """The callback queries. Each is answered once."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Chat, ChatMessage]] = {}

    def begin(self, chat: Chat, message: ChatMessage, data: str) -> str:
        """A button begins to spin. Returns the id of the query."""
        query = str(10**18 + secrets.randbelow(10**18))
        self._waiting[query] = chat, message
        message.tapped = data
        chat.changed(message)
        return query

    def answer(self, fields: Mapping[str, object]) -> bool:
        """The button stops spinning. A text of the bot is shown for a moment.

        Raises:
            BotApiError: there is no such query, or it was answered before.
        """
        text = str(fields.get("text") or "")
        if len(text) > MAX_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        found = self._waiting.pop(str(fields["callback_query_id"]), None)
        if found is None:
            raise bad_request(TOO_OLD)
        chat, message = found
        message.tapped = None
        chat.changed(message)
        if text:
            chat.publish("notice", {"number": chat.number, "channel": TELEGRAM, "text": text})
        return True
