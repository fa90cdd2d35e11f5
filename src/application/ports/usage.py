"""Counts what agents use, by day, channel, agent and model."""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

from domain.conversations.usage import Usage
from domain.policies.budget import BudgetScope


@frozen(kw_only=True)
class CountedUsage:
    """What a turn's run used on `day`. `warn_from`: each sum of the day from which on to warn, once."""

    usage: Usage
    day: dt.date
    warn_from: Mapping[BudgetScope, float] = field(factory=dict)


@frozen(kw_only=True)
class UsageRow:
    """What one agent used of one model, on one day and channel, in so many turns.

    A row without a model has the number of all turns of the agent, and nothing else.
    """

    day: dt.date
    channel: str
    agent: str
    model: str
    turns: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


class UsageReader(Protocol):
    """Reads what was counted. Each day is kept for some months; each turn is counted once."""

    async def rows(self, *, since: dt.date, until: dt.date) -> tuple[UsageRow, ...]:
        """All rows of these days, both included, in no order.

        Raises:
            StoreUnavailableError: ask again.
        """
        ...
