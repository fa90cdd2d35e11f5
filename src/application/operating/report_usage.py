"""Report what agents used in a range of days."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from attrs import evolve, frozen

from application.ports.usage import UsageReader, UsageRow

MAX_DAYS = 366
DEFAULT_DAYS = 30


class UsageBy(StrEnum):
    """What a report tells apart."""

    DAY = "day"
    CHANNEL = "channel"
    AGENT = "agent"
    MODEL = "model"


class UsageRangeError(ValueError):
    """The range of days is empty, or too long. The text says which."""


def default_start(last: dt.date) -> dt.date:
    """The first day of a report that only names the last one."""
    return last - min(dt.timedelta(days=DEFAULT_DAYS - 1), last - dt.date.min)


@frozen(kw_only=True)
class UsageSum:
    """What was used in all. What the report does not group by is None. Costs are in the runtime's currency."""

    day: dt.date | None = None
    channel: str | None = None
    agent: str | None = None
    model: str | None = None
    turns: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


@frozen(kw_only=True)
class ReportUsage:
    """Each turn counts once. A turn that used two models counts for both where the report groups by model."""

    usage: UsageReader

    async def __call__(
        self, *, since: dt.date, until: dt.date, by: Sequence[UsageBy], channels: Collection[str] = ()
    ) -> tuple[UsageSum, ...]:
        """The sums, in the order of `by`. Without `by`, there is one sum, or none.

        No `channels` are all of them.

        Raises:
            UsageRangeError: `until` is before `since`, or more than `MAX_DAYS` after it.
            StoreUnavailableError: ask again.
        """
        if until < since:
            raise UsageRangeError("the last day is before the first one")
        if (until - since).days >= MAX_DAYS:
            raise UsageRangeError(f"more than {MAX_DAYS} days")
        rows = await self.usage.rows(since=since, until=until)
        return _summed((row for row in rows if not channels or row.channel in channels), by)


def _summed(rows: Iterable[UsageRow], by: Sequence[UsageBy]) -> tuple[UsageSum, ...]:
    grouping = [name.value for name in UsageBy if name in by]
    sums: dict[tuple[str, ...], UsageSum] = {}
    for row in rows:
        if UsageBy.MODEL in by and not row.model:
            continue
        key = tuple(str(getattr(row, name)) for name in grouping)
        before = sums.get(key) or UsageSum(**{name: getattr(row, name) for name in grouping})
        counts = UsageBy.MODEL in by or not row.model
        sums[key] = evolve(
            before,
            turns=before.turns + (row.turns if counts else 0),
            tokens_in=before.tokens_in + row.tokens_in,
            tokens_out=before.tokens_out + row.tokens_out,
            cost=round(before.cost + row.cost, 9),
        )
    return tuple(sums[key] for key in sorted(sums))
