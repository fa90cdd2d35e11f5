"""The version of the stored data. Whoever reads it wrongly would lose messages.

The rule: one number. It changes when a version of Trunkline cannot read what the one before wrote, or the other way
round. New keys and new fields do not change it: each version leaves alone what it does not know. So versions with the
same number may run beside each other.
"""

from importlib.metadata import version
from typing import Any

from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from application.ports.store import StoreDefect, UnsafeStoreError

FORMAT = "1"
OTHER_FORMAT = "other format"


@frozen(kw_only=True)
class StoreFormat:
    """The format that the store has. The first process that uses a store writes it."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def establish(self) -> None:
        """Write our format into a store that has none, and make sure that it has ours.

        Raises:
            UnsafeStoreError: the store has another one.
            StoreUnavailableError: it cannot be asked.
        """
        with translated():
            # A full store takes no write, and must still be used: answered turns make room.
            if not await self.store.commands.exists(self._key):
                await self.store.commands.set(self._key, FORMAT, nx=True)
        if defects := await self.defects():
            raise UnsafeStoreError(defects)

    async def defects(self) -> tuple[StoreDefect, ...]:
        """That the store has another format; nothing when it has ours, or none yet.

        Raises:
            StoreUnavailableError: it cannot be asked.
        """
        with translated():
            found: Any = await self.store.commands.get(self._key)
        if found in {None, FORMAT}:
            return ()
        message = f"the store has data of format {found}, and Trunkline {version('trunkline')} has format {FORMAT}"
        fix = "run a version of Trunkline with that format, or name another store"
        return (StoreDefect(name=OTHER_FORMAT, message=message, fix=fix),)

    @property
    def _key(self) -> str:
        return self.keys.shared("format")
