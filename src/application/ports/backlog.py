"""Tells how far behind the service is."""

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen


@frozen(kw_only=True)
class ChannelBacklog:
    """The conversations of one channel whose messages are not answered yet, those with a turn under way included.

    `messages` is how many messages these are; a turn that answers none has none. `oldest_seconds` is the time since the
    oldest of them was received; None when there is none.
    """

    conversations: int
    messages: int = 0
    oldest_seconds: float | None = None


@frozen(kw_only=True)
class Backlog:
    """What waits, by channel, and how many dead letters are kept. A channel without waiting messages may be missing."""

    channels: Mapping[str, ChannelBacklog] = field(factory=dict)
    dead_letters: int = 0


class BacklogReader(Protocol):
    """Reads the backlog of all processes. The cost has a bound, however much waits."""

    async def read(self) -> Backlog:
        """The backlog now.

        Of many thousand conversations, only those are looked at that have waited longest for a worker, and those that
        are due next. Then `conversations` is the exact total, divided as among those that were looked at, `messages`
        is an estimate, as if the others had as many, and `oldest_seconds` is the age of the oldest one among them.

        Raises:
            StoreUnavailableError: the store cannot be reached.
        """
        ...
