"""What agents used, in memory."""

import datetime as dt
from collections import defaultdict

from attrs import define, evolve, field

from application.ports.usage import CountedUsage, UsageRow
from domain.people.person import Conversation
from domain.policies.budget import BudgetScope, Spending


@define
class MemoryUsage:
    """It forgets nothing."""

    _rows: dict[tuple[dt.date, str, str, str], UsageRow] = field(factory=dict)
    _turns: set[tuple[Conversation, str]] = field(factory=set)
    _spent: defaultdict[tuple[dt.date, object], float] = field(factory=lambda: defaultdict(float))
    _warned: set[tuple[dt.date, object]] = field(factory=set)

    async def rows(self, *, since: dt.date, until: dt.date) -> tuple[UsageRow, ...]:
        return tuple(row for row in self._rows.values() if since <= row.day <= until)

    def spent(self, conversation: Conversation, day: dt.date | None) -> Spending:
        if day is None:
            return Spending()
        return Spending(person=self._spent[day, conversation], channel=self._spent[day, conversation.channel])

    def count(self, conversation: Conversation, turn_id: str, counted: CountedUsage) -> tuple[BudgetScope, ...]:
        """Count it, unless this turn was counted before. Returns the budgets to warn about."""
        if (conversation, turn_id) in self._turns:
            return ()
        self._turns.add((conversation, turn_id))
        day, usage = counted.day, counted.usage
        self._add(UsageRow(day=day, channel=conversation.channel, agent=usage.agent, model="", turns=1))
        for used in usage.models:
            self._add(
                UsageRow(
                    day=day,
                    channel=conversation.channel,
                    agent=usage.agent,
                    model=used.model,
                    turns=1,
                    tokens_in=used.tokens_in,
                    tokens_out=used.tokens_out,
                    cost=used.cost,
                )
            )
        warnings = []
        for scope, name in ((BudgetScope.CHANNEL, conversation.channel), (BudgetScope.PERSON, conversation)):
            self._spent[day, name] += usage.total.cost
            warn_from = counted.warn_from.get(scope)
            if warn_from is not None and self._spent[day, name] >= warn_from and (day, name) not in self._warned:
                self._warned.add((day, name))
                warnings.append(scope)
        return tuple(warnings)

    def _add(self, new: UsageRow) -> None:
        key = (new.day, new.channel, new.agent, new.model)
        before = self._rows.get(key)
        self._rows[key] = (
            new
            if before is None
            else evolve(
                before,
                turns=before.turns + new.turns,
                tokens_in=before.tokens_in + new.tokens_in,
                tokens_out=before.tokens_out + new.tokens_out,
                cost=before.cost + new.cost,
            )
        )
