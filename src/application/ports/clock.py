"""The present time."""

from typing import Protocol


class Clock(Protocol):
    """The present, in unix seconds."""

    def now(self) -> float: ...
