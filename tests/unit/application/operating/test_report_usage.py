"""Reports of what agents used."""

import datetime as dt

import pytest
from attrs import evolve

from adapters.memory.usage import MemoryUsage
from application.operating.report_usage import ReportUsage, UsageBy, UsageRangeError, UsageSum
from application.ports.usage import CountedUsage
from domain.conversations.usage import ModelUsage, Usage
from domain.people.person import Conversation

FIRST, SECOND = dt.date(2026, 11, 26), dt.date(2026, 11, 27)
USAGE = Usage(
    agent="sales",
    models=(
        ModelUsage(model="large", tokens_in=10, tokens_out=5, cost=0.1),
        ModelUsage(model="small", tokens_in=1, tokens_out=1, cost=0.2),
    ),
)


@pytest.fixture
def report() -> ReportUsage:
    """Two turns on the first day, by two agents, and one on the second."""
    usage = MemoryUsage()
    ana = Conversation(channel="whatsapp", user="1")
    usage.count(ana, "t1", CountedUsage(usage=USAGE, day=FIRST))
    usage.count(ana, "t2", CountedUsage(usage=evolve(USAGE, agent="help"), day=FIRST))
    usage.count(ana, "t3", CountedUsage(usage=USAGE, day=SECOND))
    return ReportUsage(usage=usage)


async def test_all_in_one_sum(report: ReportUsage) -> None:
    """Each turn counts once, also one that used two models."""
    (total,) = await report(since=FIRST, until=SECOND, by=[])

    assert total == UsageSum(turns=3, tokens_in=33, tokens_out=18, cost=0.9)


async def test_sums_by_group(report: ReportUsage) -> None:
    """In their order."""
    sums = await report(since=FIRST, until=SECOND, by=[UsageBy.AGENT, UsageBy.DAY])

    assert [(used.day, used.agent, used.turns, used.channel) for used in sums] == [
        (FIRST, "help", 1, None),
        (FIRST, "sales", 1, None),
        (SECOND, "sales", 1, None),
    ]


async def test_a_turn_counts_for_each_of_its_models(report: ReportUsage) -> None:
    """In a report by model."""
    sums = await report(since=FIRST, until=SECOND, by=[UsageBy.MODEL])

    assert [(used.model, used.turns, used.tokens_in) for used in sums] == [("large", 3, 30), ("small", 3, 3)]


@pytest.mark.parametrize(("since", "until"), [(SECOND, FIRST), (FIRST, FIRST + dt.timedelta(days=366))])
async def test_an_impossible_range(report: ReportUsage, since: dt.date, until: dt.date) -> None:
    """It is empty, or too long."""
    with pytest.raises(UsageRangeError):
        await report(since=since, until=until, by=[])
