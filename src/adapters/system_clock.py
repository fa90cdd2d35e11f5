"""The machine's clock."""

import time

from attrs import frozen


@frozen
class SystemClock:
    """The operating system's time, in Unix seconds."""

    def now(self) -> float:
        return time.time()
