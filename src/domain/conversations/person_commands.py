"""Commands that a person types to control the conversation itself."""

import functools
import re
from collections.abc import Sequence

from attrs import frozen

from domain.messages.inbound import InboundMessage, Text
from domain.messages.visibility import comparable

TO_BOT = re.compile(r"(/\w+)@\w+")


@frozen(kw_only=True)
class Commands:
    """Each is a whole message, in any case. `new_session` makes the agent forget, `human` asks for a human.

    `start` is what a channel sends when a person begins to use a bot. A command with a slash may name the bot that it
    is for: "/new@shop_bot" is "/new".
    """

    new_session: tuple[str, ...] = ("/new",)
    human: tuple[str, ...] = ()
    start: tuple[str, ...] = ()

    def is_new_session(self, message: InboundMessage) -> bool:
        return _is_one(message, self.new_session)

    def is_human(self, message: InboundMessage) -> bool:
        return _is_one(message, self.human)

    def is_start(self, message: InboundMessage) -> bool:
        return _is_one(message, self.start)

    def after_new_session(self, messages: Sequence[InboundMessage]) -> Sequence[InboundMessage] | None:
        """The messages after the last command for a new session; None when there is no such command."""
        found = [at for at, message in enumerate(messages) if self.is_new_session(message)]
        return messages[found[-1] + 1 :] if found else None

    def include(self, message: InboundMessage) -> bool:
        return _is_one(message, self.new_session + self.human + self.start)


def _is_one(message: InboundMessage, commands: tuple[str, ...]) -> bool:
    if not commands or not isinstance(message.content, Text):
        return False
    typed, known = message.content.compared, _comparable(commands)
    if typed in known:
        return True
    to_bot = TO_BOT.fullmatch(typed) if typed.startswith("/") else None
    return to_bot is not None and to_bot[1] in known


@functools.cache
def _comparable(commands: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(comparable, commands))
