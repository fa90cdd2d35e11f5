"""The inspection of a store that is not there: it finds what a test wants it to find."""

from attrs import define

from application.ports.store import StoreDefect


@define
class MemoryStoreInspection:
    """`found` may be replaced at any time."""

    found: tuple[StoreDefect, ...] = ()

    async def defects(self) -> tuple[StoreDefect, ...]:
        return self.found
