"""Budgets: checked before the run, told to the person, warned about. What was used is counted and published."""

import datetime as dt

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.usage import ModelUsage
from domain.policies.budget import Budget
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import BOB, enqueued
from support.metrics import samples
from support.turns import answer_once, answer_texts, answer_to_the_end

DAY_SECONDS = 24 * 3600
USED = (ModelUsage(model="gpt", tokens_in=100, tokens_out=20, cost=0.5),)


def costly(query: str) -> AgentAnswer:
    return AgentAnswer(text=f"You said: {query}", usage=USED)


def answering_with(budget: Budget | None = None) -> Answering:
    return Answering(agent=ScriptedAgent(script=costly), budget=budget)


async def test_what_a_run_used_is_counted_and_published() -> None:
    """In the usage of the day, in the event and in the metrics."""
    answering = answering_with()

    await answer_texts(answering, "hello")

    (published,) = answering.happened[ActivityKind.ANSWERED]
    day = dt.datetime.fromtimestamp(answering.clock.now(), dt.UTC).date()
    rows = await answering.mailbox.usage.rows(since=day, until=day)
    used = {"agent": "assistant", "models": "gpt", "tokens_in": "100", "tokens_out": "20", "cost": "0.5"}
    assert used.items() <= published.items()
    assert {(row.model, row.turns, row.cost) for row in rows} == {("", 1, 0), ("gpt", 1, 0.5)}
    labels = {"channel": "whatsapp", "agent": "assistant", "model": "gpt"}
    assert samples(answering.metrics, "trunkline_agent_cost_total") == [(labels, 0.5)]
    assert samples(answering.metrics, "trunkline_agent_tokens_total") == [
        ({**labels, "direction": "in"}, 100),
        ({**labels, "direction": "out"}, 20),
    ]


async def test_a_run_that_is_tried_again_counts_once() -> None:
    """A failed run has no reply that could be counted."""
    answers = iter([AgentFailure.UNREACHABLE, AgentAnswer(text="Hi.", usage=USED)])
    answering = Answering(agent=ScriptedAgent(script=lambda _: next(answers)))
    await answering.accept(enqueued())

    assert await answer_to_the_end(answering) == [Outcome.RETRIED, Outcome.ANSWERED]

    ((_, cost),) = samples(answering.metrics, "trunkline_agent_cost_total")
    assert cost == 0.5


async def test_an_agent_that_reports_nothing_costs_nothing() -> None:
    """No row, no detail of the event."""
    answering = Answering()

    await answer_texts(answering, "hello")

    assert "cost" not in answering.happened[ActivityKind.ANSWERED][0]
    assert samples(answering.metrics, "trunkline_agent_cost_total") == []


async def test_a_used_up_budget_stops_the_agent() -> None:
    """The person is told, once a day. The next day, the agent answers again."""
    answering = answering_with(Budget(per_person_per_day=0.5))

    outcomes = [await answer_texts(answering, "hello") for _ in range(3)]
    answering.clock.advance(DAY_SECONDS)
    for _ in range(2):
        await answering.accept(enqueued(sent_at=answering.clock.now()))
        outcomes.append(await answer_once(answering))

    over = Outcome.OVER_BUDGET
    assert outcomes == [Outcome.ANSWERED, over, over, Outcome.ANSWERED, over]
    assert answering.messenger.sent_texts == ["You said: hello", "Tomorrow.", "You said: hello", "Tomorrow."]
    assert answering.happened[ActivityKind.OVER_BUDGET][0]["reason"] == "the budget of the person is used up: 0.5 a day"
    assert len(answering.agent.calls) == 2


async def test_the_budget_of_a_channel_is_for_all_people() -> None:
    """One person's runs use it up for another one, whose own budget is untouched."""
    answering = answering_with(Budget(per_person_per_day=10, per_channel_per_day=0.5))
    await answer_texts(answering, "hello")

    await answering.accept(enqueued(person=BOB))

    assert await answer_once(answering) is Outcome.OVER_BUDGET
    assert answering.messenger.sent_texts_to(BOB) == ["Tomorrow."]


async def test_a_command_needs_no_budget() -> None:
    """It runs no agent."""
    answering = answering_with(Budget(per_person_per_day=0.5))
    await answer_texts(answering, "hello")

    assert await answer_texts(answering, "/new") is Outcome.COMMAND


async def test_most_of_a_budget_is_warned_about_once() -> None:
    """At 80 %, with an event for each budget."""
    answering = answering_with(Budget(per_person_per_day=1, per_channel_per_day=2))

    for _ in range(4):
        await answer_texts(answering, "hello")
    (warning,) = answering.happened[ActivityKind.BUDGET]

    assert (warning["scope"], warning["limit"], warning["reason"]) == ("person", "1", "80 % is used")
