"""The machine's clock."""

import time

from attrs import frozen


@frozen
class SystemClock:
    """Unix seconds, as the operating system keeps them."""

    def now(self) -> float:
        return time.time()
