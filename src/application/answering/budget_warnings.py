"""The activities that say that most of a budget is used."""

from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.turn import Turn
from domain.policies.budget import Budget, BudgetScope


def budget_warnings(budget: Budget, *, turn: Turn, at: float) -> dict[BudgetScope, Activity]:
    """One for each limit of the budget. The store knows which of them are due once it has counted the turn."""
    return {
        scope: Activity.within(
            turn.conversation,
            kind=ActivityKind.BUDGET,
            at=at,
            turn_id=turn.id,
            scope=scope.value,
            limit=f"{limit:g}",
            reason="80 % is used",
        )
        for scope, limit in budget.limits()
    }
