"""A clock that moves only through `advance`."""

from attrs import define


@define
class FakeClock:
    """Starts at `time` (unix seconds)."""

    time: float = 1_750_000_000.0

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds
