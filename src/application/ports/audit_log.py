"""Keeps what operators did, for some time."""

from typing import Protocol

from attrs import frozen

from domain.operators.audit import AuditEntry


@frozen(kw_only=True)
class AuditFilter:
    """Which entries are wanted. What is empty does not matter."""

    operator: str = ""
    channel: str = ""
    conversation: str = ""

    def passes(self, entry: AuditEntry) -> bool:
        wanted = (
            (self.operator, entry.operator),
            (self.channel, entry.channel),
            (self.conversation, entry.conversation),
        )
        return all(asked in {"", found} for asked, found in wanted)


@frozen(kw_only=True)
class AuditPage:
    """Some entries, the latest first. `next` is the `before` of the next page; None if there are no more."""

    entries: tuple[AuditEntry, ...]
    next: str | None


class AuditLog(Protocol):
    """Entries are only added. They go when they are too old, or when too many are kept.

    All raise `StoreUnavailableError`.
    """

    async def record(self, *, entry: AuditEntry) -> None:
        """Append an entry."""
        ...

    async def page(self, *, limit: int, before: str | None = None, only: AuditFilter) -> AuditPage:
        """Entries that pass, those before the position `before`.

        A page may have fewer than `limit` although there are more: only so many are looked at. `next` counts.

        Raises:
            InvalidPositionError: `before` is no position.
        """
        ...
