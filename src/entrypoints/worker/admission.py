"""How many turns begin together in a process that also answers webhooks."""

import asyncio

from attrs import define, field

# So long may what is due wait for the event loop. A webhook waits as long before its work begins.
MAX_LAG_SECONDS = 0.005
MEASURE_SECONDS = 0.02
STEP = 4
# To begin as many turns takes the event loop about 50 ms, however early it was before.
MAX_MEASURED = 32


@define
class Admission:
    """`at_once` is how many turns may begin in one step of the event loop: at most `most`, and at least one.

    Once it `adapts`, `most` is at most `MAX_MEASURED`, and `at_once` begins low. While more turns are ready than may
    begin, it grows slowly, and is halved each time the event loop is late. Turns that have begun go on. There is no
    pause: where the machine is busy with other things, turns still begin, one after the other.
    """

    most: int
    at_once: int = field(init=False)
    _adapts: bool = field(default=False, init=False)
    _measuring: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.at_once = self.most

    def adapt(self) -> None:
        """Keep to what the event loop can do from now on."""
        self._adapts, self.most = True, min(self.most, MAX_MEASURED)
        self.at_once = min(self.most, STEP)

    def more_are_ready(self) -> None:
        """Measure once how late the event loop is. Without turns that wait to begin, nothing is to be known."""
        if self._adapts and not self._measuring:
            self._measuring = True
            loop = asyncio.get_running_loop()
            loop.call_later(MEASURE_SECONDS, self._measured, loop, loop.time() + MEASURE_SECONDS)

    def _measured(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self._measuring = False
        self.adjust(lag_seconds=loop.time() - due)

    def adjust(self, *, lag_seconds: float) -> None:
        late = lag_seconds > MAX_LAG_SECONDS
        self.at_once = max(1, self.at_once // 2) if late else min(self.most, self.at_once + STEP)
