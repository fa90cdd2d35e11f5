"""Remembers single messages for a day or so: what they said, and how far ours have come."""

from collections.abc import Sequence
from typing import Protocol

from attrs import field, frozen
from attrs.validators import min_len

from domain.conversations.delivery import StatusUpdate


@frozen(kw_only=True)
class Remembered:
    """What one message said, in short."""

    channel: str
    message_id: str = field(validator=min_len(1))
    words: str


class MessageLog(Protocol):
    """Losing some of it harms nobody; nothing fails because it could not be remembered."""

    async def remember(self, *, messages: Sequence[Remembered]) -> None:
        """Keep these; a message that is known already says something else from now on."""
        ...

    async def recall(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, str]:
        """The words of those that are still known.

        Raises:
            StoreUnavailableError: which are known is not known.
        """
        ...

    async def arrived(self, *, channel: str, message_id: str) -> bool:
        """Whether it is known to have been delivered, or never to be."""
        ...

    async def advance(self, *, updates: Sequence[StatusUpdate]) -> tuple[bool, ...]:
        """For each, whether it is news: further than any status of its message before."""
        ...
