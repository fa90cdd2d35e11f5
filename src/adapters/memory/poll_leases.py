"""Poll leases in memory."""

import time

from attrs import define, field


@define
class MemoryPollLeases:
    """`_held` has the holder of each channel's lease, and when the lease ends."""

    _held: dict[str, tuple[str, float]] = field(factory=dict)

    async def hold(self, *, channel: str, holder: str, seconds: float) -> bool:
        now = time.monotonic()
        present, until = self._held.get(channel, (holder, now))
        if present != holder and now < until:
            return False
        self._held[channel] = (holder, now + seconds)
        return True

    async def release(self, *, channel: str, holder: str) -> None:
        if self._held.get(channel, ("", 0.0))[0] == holder:
            del self._held[channel]
