"""The directory in memory."""

from collections import defaultdict
from collections.abc import Sequence

from attrs import define, field

from domain.people.alias import Alias
from domain.people.aliases import AliasRecord, IdentityChange, Observation, apply_change, resolve


@define
class MemoryDirectory:
    _channels: defaultdict[str, defaultdict[Alias, AliasRecord]] = field(
        factory=lambda: defaultdict(lambda: defaultdict(AliasRecord))
    )

    async def ids(self, *, channel: str, seen: Sequence[Observation]) -> tuple[str, ...]:
        return tuple(self._id(self._channels[channel], one) for one in seen)

    def _id(self, records: defaultdict[Alias, AliasRecord], seen: Observation) -> str:
        id_, changed = resolve(seen, records)
        records.update(changed)
        return id_

    async def find(self, *, channel: str, alias: Alias) -> str | None:
        record = self._channels[channel].get(alias, AliasRecord())
        return record.leads_to(alias) or None

    async def change(self, *, change: IdentityChange) -> None:
        records = self._channels[change.channel]
        records.update(apply_change(change, records))
