"""What agents used is counted once a turn, and begins the next turn as what was spent."""

import datetime as dt
from typing import Any

import pytest
from attrs import evolve

from application.ports.leases import LeaseLostError
from application.ports.turn_changes import TurnChanges
from application.ports.usage import CountedUsage, UsageRow
from contracts.mailbox_steps import ANSWER, begin_one, claim_one, take_over
from domain.conversations.usage import ModelUsage, Usage
from domain.policies.budget import BudgetScope, Spending
from support.messages import BOB, enqueued

DAY = dt.date(2026, 11, 26)
NEXT_DAY = dt.date(2026, 11, 27)
USAGE = Usage(
    agent="assistant",
    models=(
        ModelUsage(model="large", tokens_in=100, tokens_out=20, cost=0.25),
        ModelUsage(model="small", tokens_in=3, tokens_out=1, cost=0.000000001),
    ),
)
ROWS = {
    UsageRow(day=DAY, channel="whatsapp", agent="assistant", model="", turns=1),
    UsageRow(
        day=DAY, channel="whatsapp", agent="assistant", model="large", turns=1, tokens_in=100, tokens_out=20, cost=0.25
    ),
    UsageRow(
        day=DAY,
        channel="whatsapp",
        agent="assistant",
        model="small",
        turns=1,
        tokens_in=3,
        tokens_out=1,
        cost=0.000000001,
    ),
}


def counted(**changes: Any) -> TurnChanges:
    """The changes of a step that counts. By default, from the first cent on everything is to be warned about."""
    warn_from = {BudgetScope.PERSON: 0.01, BudgetScope.CHANNEL: 0.01}
    return TurnChanges(usage=CountedUsage(**{"usage": USAGE, "day": DAY, "warn_from": warn_from} | changes))


class UsageContract:
    """Part of the mailbox contract; provide its fixtures. The mailbox has `usage`, which reads what was counted."""

    async def test_a_turn_is_counted_once(self, mailbox: Any) -> None:
        """However often the step is repeated, and also when the reply is replaced later."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)

        warnings = [(await mailbox.save_reply(claim=claim, reply=ANSWER, changes=counted())).warnings for _ in range(3)]

        assert set(await mailbox.usage.rows(since=DAY, until=DAY)) == ROWS
        assert set(warnings[0]) == {BudgetScope.PERSON, BudgetScope.CHANNEL}
        assert warnings[1:] == [(), ()]

    async def test_a_turn_that_another_worker_took_over_is_counted_once(self, mailbox: Any) -> None:
        """Both have run the agent. Only the reply that is stored counts."""
        await mailbox.accept(messages=[enqueued()])
        stale, _ = await begin_one(mailbox)
        claim = await take_over(mailbox, worker="b")

        with pytest.raises(LeaseLostError):
            await mailbox.save_reply(claim=stale, reply=ANSWER, changes=counted())
        await mailbox.save_reply(claim=claim, reply=ANSWER, changes=counted())

        assert set(await mailbox.usage.rows(since=DAY, until=DAY)) == ROWS

    async def test_turns_add_up(self, mailbox: Any) -> None:
        """Of all people. Each day has its own sums."""
        for person_messages in ([enqueued()], [enqueued(person=BOB)]):
            await mailbox.accept(messages=person_messages)
            await self._answer(mailbox, counted())
        await mailbox.accept(messages=[enqueued()])
        await self._answer(mailbox, counted(day=NEXT_DAY))

        rows = await mailbox.usage.rows(since=DAY, until=DAY)
        both_days = await mailbox.usage.rows(since=DAY, until=NEXT_DAY)

        large = next(row for row in rows if row.model == "large")
        assert (large.turns, large.tokens_in, large.tokens_out, large.cost) == (2, 200, 40, 0.5)
        assert {row.day for row in both_days} == {DAY, NEXT_DAY}

    async def test_a_turn_begins_with_what_was_spent(self, mailbox: Any) -> None:
        """By this person and on the channel, on the day that is asked for."""
        for person_messages in ([enqueued()], [enqueued(person=BOB)]):
            await mailbox.accept(messages=person_messages)
            await self._answer(mailbox, counted(usage=evolve(USAGE, models=USAGE.models[:1])))
        await mailbox.accept(messages=[enqueued()])
        claim = await claim_one(mailbox)

        spent = [(await mailbox.begin(claim=claim, spent_on=day)).spent for day in (DAY, NEXT_DAY, None)]

        assert spent == [Spending(person=0.25, channel=0.5), Spending(), Spending()]

    async def test_a_day_is_warned_about_once(self, mailbox: Any) -> None:
        """From the sum on from which to warn, and then not again: of the channel, and of each person."""
        half = {BudgetScope.PERSON: 0.4, BudgetScope.CHANNEL: 0.6}
        warnings = []
        for _ in range(4):
            await mailbox.accept(messages=[enqueued()])
            warnings.append(await self._answer(mailbox, counted(warn_from=half)))

        assert warnings == [(), (BudgetScope.PERSON,), (BudgetScope.CHANNEL,), ()]

    async def test_a_new_day_begins_with_nothing(self, mailbox: Any) -> None:
        """What a person spent before does not count, and there may be a warning again."""
        warnings = []
        for day in (DAY, NEXT_DAY):
            await mailbox.accept(messages=[enqueued()])
            warnings.append(set(await self._answer(mailbox, counted(day=day))))
        await mailbox.accept(messages=[enqueued()])

        begun = await mailbox.begin(claim=await claim_one(mailbox), spent_on=NEXT_DAY)

        assert warnings == [{BudgetScope.PERSON, BudgetScope.CHANNEL}] * 2
        assert begun.spent.person == pytest.approx(USAGE.total.cost)

    async def _answer(self, mailbox: Any, changes: TurnChanges) -> tuple[BudgetScope, ...]:
        claim, _ = await begin_one(mailbox)
        saved = await mailbox.save_reply(claim=claim, reply=ANSWER, changes=changes)
        await mailbox.complete(claim=claim)
        return tuple(saved.warnings)
