"""The machine's clock."""

import time

from attrs import frozen


@frozen
class SystemClock:
    """The operating system's time, in Unix seconds."""

    now = staticmethod(time.time)
