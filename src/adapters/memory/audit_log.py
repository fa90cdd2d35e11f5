"""The audit log in memory."""

from attrs import define, field

from application.ports.audit_log import AuditFilter, AuditPage
from application.ports.positions import InvalidPositionError
from domain.operators.audit import AuditEntry


@define
class MemoryAuditLog:
    """The position of an entry is its number. Of old entries, only the number counts."""

    max_kept: int = 100_000
    max_looked_at: int = 1_000
    _entries: list[tuple[int, AuditEntry]] = field(factory=list)
    _next: int = 1

    async def record(self, *, entry: AuditEntry) -> None:
        self._entries.append((self._next, entry))
        self._next += 1
        del self._entries[: -self.max_kept]

    async def page(self, *, limit: int, before: str | None = None, only: AuditFilter) -> AuditPage:
        if before is not None and not (before.isascii() and before.isdigit()):
            raise InvalidPositionError(before)
        older = [item for item in reversed(self._entries) if before is None or item[0] < int(before)]
        found: list[AuditEntry] = []
        for looked_at, (number, entry) in enumerate(older, 1):
            if only.passes(entry):
                found.append(entry)
            if looked_at < len(older) and (len(found) == limit or looked_at == self.max_looked_at):
                return AuditPage(entries=tuple(found), next=str(number))
        return AuditPage(entries=tuple(found), next=None)
