"""How much the agents of a channel may cost in a day."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import gt, optional

WARN_FROM = 0.8


class BudgetScope(StrEnum):
    """What has a budget of its own: each person of a channel, and the channel."""

    PERSON = "person"
    CHANNEL = "channel"


def day_of(at: float) -> dt.date:
    """The day of a moment (unix seconds). Budgets and usage are counted by days in UTC."""
    return dt.datetime.fromtimestamp(at, dt.UTC).date()


@frozen(kw_only=True)
class Spending:
    """What was spent on one day: by the person, and on the whole channel.

    `elsewhere` is the part of the channel's that other partitions of the store have counted.
    """

    person: float = 0.0
    channel: float = 0.0
    elsewhere: float = 0.0


@frozen(kw_only=True)
class Budget:
    """What may be spent in a day, in the currency of the runtime's costs. None is no limit."""

    per_person_per_day: float | None = field(default=None, validator=optional(gt(0)))
    per_channel_per_day: float | None = field(default=None, validator=optional(gt(0)))

    def exceeded(self, spent: Spending) -> tuple[BudgetScope, float] | None:
        """The budget that is used up, and how much it is; None while there is something left."""
        used = {BudgetScope.PERSON: spent.person, BudgetScope.CHANNEL: spent.channel}
        return next(((scope, limit) for scope, limit in self.limits() if used[scope] >= limit), None)

    def limits(self) -> Iterator[tuple[BudgetScope, float]]:
        limits = {BudgetScope.PERSON: self.per_person_per_day, BudgetScope.CHANNEL: self.per_channel_per_day}
        yield from ((scope, limit) for scope, limit in limits.items() if limit is not None)

    def warn_from(self, spent: Spending) -> dict[BudgetScope, float]:
        """From which sum on to warn, without what was counted elsewhere."""
        elsewhere = {BudgetScope.PERSON: 0.0, BudgetScope.CHANNEL: spent.elsewhere}
        return {scope: WARN_FROM * limit - elsewhere[scope] for scope, limit in self.limits()}
