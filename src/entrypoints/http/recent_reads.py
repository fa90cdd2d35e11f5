"""What operators read lately. The console reads a transcript that is open again and again."""

from attrs import define, evolve, field

from domain.operators.audit import AuditEntry

# An entry about a read stands for those that follow within this time.
READ_SECONDS = 600.0
MAX_READS = 10_000


@define
class RecentReads:
    """The reads that this process has recorded, oldest first. Of very many, the oldest are forgotten."""

    _recorded: dict[AuditEntry, float] = field(factory=dict)

    def have(self, entry: AuditEntry) -> bool:
        """Whether the same operator read the same a short time before."""
        recorded_at = self._recorded.get(_without_time(entry))
        return recorded_at is not None and 0 <= entry.at - recorded_at < READ_SECONDS

    def add(self, entry: AuditEntry) -> None:
        read = _without_time(entry)
        self._recorded.pop(read, None)
        self._recorded[read] = entry.at
        if len(self._recorded) > MAX_READS:
            del self._recorded[next(iter(self._recorded))]


def _without_time(entry: AuditEntry) -> AuditEntry:
    return evolve(entry, at=0.0)
