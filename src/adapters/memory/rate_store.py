"""The rate log in memory."""

from collections.abc import Sequence

from attrs import define, field

from domain.policies.rate_limit import Arrival


@define
class MemoryRateStore:
    """Nothing outlives the process."""

    _logs: dict[str, dict[str, Arrival]] = field(factory=dict)

    async def log(self, *, key: str, since: float) -> tuple[Arrival, ...]:
        log = self._logs.get(key, {}).values()
        return tuple(sorted((message for message in log if message.at >= since), key=lambda message: message.at))

    async def record(self, *, key: str, admitted: Sequence[Arrival], keep_seconds: float) -> None:
        oldest = max(message.at for message in admitted) - keep_seconds
        kept = {id_: message for id_, message in self._logs.get(key, {}).items() if message.at >= oldest}
        self._logs[key] = kept | {message.id: message for message in admitted}
