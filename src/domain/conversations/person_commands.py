"""Commands that a person types to control the conversation itself."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from attrs import frozen

from domain.messages.inbound import InboundMessage, Text
from domain.messages.visibility import comparable

TO_BOT = re.compile(r"(/\w+)@\w+")


class Command(StrEnum):
    """NEW_SESSION makes the agent forget, HUMAN asks for a human, START is sent when a person begins to use a bot."""

    NEW_SESSION = "new_session"
    HUMAN = "human"
    START = "start"


@frozen(kw_only=True)
class Commands:
    """What people type for each command. It is a whole message, in any case.

    A command with a slash may name the bot that it is for: "/new@shop_bot" is "/new".
    """

    new_session: tuple[str, ...] = ("/new",)
    human: tuple[str, ...] = ()
    start: tuple[str, ...] = ()

    def given(self, message: InboundMessage) -> Command | None:
        """The command that the message is, if it is one."""
        if not isinstance(message.content, Text):
            return None
        typed = comparable(message.content.body)
        if typed.startswith("/") and typed not in self._known and (to_bot := TO_BOT.fullmatch(typed)):
            typed = to_bot[1]
        return self._known.get(typed)

    @cached_property
    def _known(self) -> Mapping[str, Command]:
        """The commands by what is typed for them. What is typed for several of them is the last one of these."""
        typed = {Command.START: self.start, Command.NEW_SESSION: self.new_session, Command.HUMAN: self.human}
        return {comparable(text): command for command, texts in typed.items() for text in texts}
