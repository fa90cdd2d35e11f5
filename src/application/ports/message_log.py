"""Remembers the texts of single messages for about a day, and the delivery statuses of ours."""

from collections.abc import Sequence
from typing import Protocol

from attrs import field, frozen
from attrs.validators import min_len

from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.people.person import Conversation


@frozen(kw_only=True)
class Remembered:
    """The text of one message, shortened. `at`: unix seconds; None when it is not known when it was sent.

    `by_us`: the agent, an operator or we ourselves sent it, and not the person or a colleague. `trace` names its send
    (a W3C `traceparent`), when that is traced. `conversation` says whose it is; None when it is no person's.
    """

    channel: str
    message_id: str = field(validator=min_len(1))
    text: str
    by_us: bool = False
    at: float | None = None
    trace: str = ""
    conversation: Conversation | None = None


def sent_name(turn_id: str, part: int) -> str:
    """The name under which the channel's id of one part of a turn is remembered, in place of a text."""
    return f"{turn_id}/{part}"


class MessageLog(Protocol):
    """It may lose messages. Nothing fails because a message could not be remembered."""

    async def remember(self, *, messages: Sequence[Remembered]) -> None:
        """Keep these texts. They replace those that are known already."""
        ...

    async def recall(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, Remembered]:
        """Those that are still known, by their ids.

        Raises:
            StoreUnavailableError: ask again.
        """
        ...

    async def statuses(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, DeliveryStatus]:
        """How far these messages of ours have come, as far as is known, by their ids.

        Raises:
            StoreUnavailableError: ask again.
        """
        ...

    async def arrived(self, *, channel: str, message_id: str) -> bool:
        """Whether the message was delivered, or has failed, as far as is known."""
        ...

    async def advance(self, *, updates: Sequence[StatusUpdate]) -> tuple[bool, ...]:
        """For each update, whether it is new: it ranks higher than all earlier statuses of its message.

        The ranks are `domain.conversations.delivery.RANK`.
        """
        ...
