"""Commands that a person types to control the conversation itself."""

import functools
from collections.abc import Sequence

from attrs import frozen

from domain.messages.inbound import InboundMessage, Text
from domain.messages.visibility import comparable


@frozen(kw_only=True)
class Commands:
    """Each is a whole message, in any case. `new_session` makes the agent forget, `human` asks for a human."""

    new_session: tuple[str, ...] = ("/new",)
    human: tuple[str, ...] = ()

    def is_new_session(self, message: InboundMessage) -> bool:
        return _is_one(message, self.new_session)

    def is_human(self, message: InboundMessage) -> bool:
        return _is_one(message, self.human)

    def after_new_session(self, messages: Sequence[InboundMessage]) -> Sequence[InboundMessage] | None:
        """The messages after the last command for a new session; None when there is no such command."""
        found = [at for at, message in enumerate(messages) if self.is_new_session(message)]
        return messages[found[-1] + 1 :] if found else None

    def include(self, message: InboundMessage) -> bool:
        return self.is_new_session(message) or self.is_human(message)


def _is_one(message: InboundMessage, commands: tuple[str, ...]) -> bool:
    if not isinstance(message.content, Text):
        return False
    typed = comparable(message.content.body)
    return typed in _comparable(commands)


@functools.cache
def _comparable(commands: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(comparable, commands))
