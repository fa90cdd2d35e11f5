"""The rate log in memory."""

from collections.abc import Sequence

from attrs import define, field

from domain.policies.rate_limit import AdmittedMessage


@define
class MemoryRateStore:
    """Nothing outlives the process."""

    _logs: dict[str, dict[str, AdmittedMessage]] = field(factory=dict)

    async def log(self, *, key: str, since: float) -> tuple[AdmittedMessage, ...]:
        hits = self._logs.get(key, {}).values()
        return tuple(sorted((hit for hit in hits if hit.at >= since), key=lambda hit: hit.at))

    async def record(self, *, key: str, hits: Sequence[AdmittedMessage], keep_seconds: float) -> None:
        oldest = max(hit.at for hit in hits) - keep_seconds
        kept = {id_: hit for id_, hit in self._logs.get(key, {}).items() if hit.at >= oldest}
        self._logs[key] = kept | {hit.id: hit for hit in hits}
