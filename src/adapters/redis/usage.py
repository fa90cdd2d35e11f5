"""What agents used, on Redis: one hash for each day and partition, and what a person spent today.

The field of a row is counter, channel, agent and model, with `SEPARATOR` between them. Costs are whole billionths.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.usage import CountedUsage, UsageRow
from domain.policies.budget import BudgetScope, Spending

SEPARATOR = "\x1f"
BILLIONTHS = 10**9
# Of one day and partition: a row has up to four. Further rows are counted as "other".
MAX_COUNTERS = 800
PERSONS_DAYS = 2
COUNTERS = ("turns", "in", "out", "cost")
DAYS_AT_ONCE = 50


@frozen(kw_only=True)
class RedisUsage:
    """Each day is kept for `keep_days`."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_days: int = 90

    async def rows(self, *, since: dt.date, until: dt.date) -> tuple[UsageRow, ...]:
        days = [since + dt.timedelta(days=number) for number in range((until - since).days + 1)]
        rows: list[UsageRow] = []
        for first in range(0, len(days), DAYS_AT_ONCE):
            asked = [(day, partition) for day in days[first : first + DAYS_AT_ONCE] for partition in self._partitions]
            calls = (self.store.execute("HGETALL", self.keys.of(partition, f"usage:{day}")) for day, partition in asked)
            for (day, _), fields in zip(asked, await asyncio.gather(*calls), strict=True):
                rows += _rows(day, fields)
        return tuple(rows)

    @property
    def _partitions(self) -> range:
        return range(self.keys.partitions)

    def keys_of(self, partition: int, conversation: str, day: dt.date) -> list[str]:
        """The keys that `begin.lua` and `save_reply.lua` take for it: the day's, and the person's."""
        return [self.keys.of(partition, f"usage:{day}"), self.keys.of(partition, f"spent:{conversation}")]

    def elsewhere_calls(self, partition: int, channel: str, day: dt.date) -> list[tuple[str, str, str]]:
        """The commands that read what other partitions have counted of this channel."""
        others = (other for other in self._partitions if other != partition)
        return [("HGET", self.keys.of(other, f"usage:{day}"), f"spent{SEPARATOR}{channel}") for other in others]

    def record(self, counted: CountedUsage, *, channel: str) -> dict[str, object]:
        """What `usage.lua` takes."""
        usage = counted.usage
        agent = usage.agent.replace(SEPARATOR, " ")
        rows = [_row(channel, agent, "")]
        for used in usage.models:
            counts = {"in": used.tokens_in, "out": used.tokens_out, "cost": round(used.cost * BILLIONTHS)}
            rows.append(_row(channel, agent, used.model) | counts)
        return {
            "day": str(counted.day),
            "channel": channel,
            "rows": rows,
            "spent": round(usage.total.cost * BILLIONTHS),
            "warn_from": {scope.value: round(sum_ * BILLIONTHS) for scope, sum_ in counted.warn_from.items()},
            "has_person": BudgetScope.PERSON in counted.warn_from,
            "max_counters": MAX_COUNTERS,
            "keep_ms": self.keep_days * 86_400_000,
            "keep_person_ms": PERSONS_DAYS * 86_400_000,
        }


def load_spending(counted: Sequence[str | None], elsewhere: Sequence[str | None]) -> Spending:
    """`counted`: of the person, and of the channel in this partition."""
    person, channel = counted
    there = sum(map(_billionths, elsewhere)) / BILLIONTHS
    return Spending(
        person=_billionths(person) / BILLIONTHS,
        channel=_billionths(channel) / BILLIONTHS + there,
        elsewhere=there,
    )


def _row(channel: str, agent: str, model: str) -> dict[str, object]:
    row = SEPARATOR.join((channel, agent, model))
    other = SEPARATOR.join((channel, "other", model and "other"))
    return {"row": row, "other": other, "turns": 1, "in": 0, "out": 0, "cost": 0}


def _rows(day: dt.date, fields: Mapping[str, str]) -> list[UsageRow]:
    """The rows of a hash. Fields that cannot be read are left out."""
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for name, value in fields.items():
        counter, *row = name.split(SEPARATOR)
        if counter in COUNTERS and len(row) == 3:  # noqa: PLR2004  (channel, agent, model)
            with contextlib.suppress(ValueError):
                counts.setdefault((row[0], row[1], row[2]), {})[counter] = int(value)
    return [
        UsageRow(
            day=day,
            channel=channel,
            agent=agent,
            model=model,
            turns=count.get("turns", 0),
            tokens_in=count.get("in", 0),
            tokens_out=count.get("out", 0),
            cost=count.get("cost", 0) / BILLIONTHS,
        )
        for (channel, agent, model), count in counts.items()
    ]


def _billionths(stored: object) -> int:
    try:
        return int(str(stored or 0))
    except ValueError:  # a damaged record
        return 0
