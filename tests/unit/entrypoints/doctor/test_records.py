"""What the doctor says of usage, budgets, transcripts and routing."""

import pytest
from attrs import evolve

from domain.conversations.routing import Routing, Rule
from domain.policies.budget import Budget
from entrypoints.doctor import Status
from entrypoints.settings import AgentsSettings
from entrypoints.settings.schema import TranscriptSettings
from entrypoints.settings.secret import Secret
from support.doctor import CHANNEL, examine, one, settings


async def test_for_how_long_usage_is_kept() -> None:
    assert (await one("usage", settings(usage_days=30))).message == "what agents used and cost is kept for 30 days"


@pytest.mark.parametrize(
    ("budget", "status", "message"),
    [
        (Budget(per_person_per_day=0.5), Status.OK, "a day: 0.5 for a person"),
        (
            Budget(per_person_per_day=0.5, per_channel_per_day=20),
            Status.OK,
            "a day: 0.5 for a person, 20 for a channel",
        ),
        (
            Budget(per_person_per_day=21, per_channel_per_day=20),
            Status.WARNING,
            "the budget of one person is larger than that of the whole channel",
        ),
        (Budget(), Status.WARNING, "it limits nothing"),
    ],
)
async def test_a_budget(budget: Budget, status: Status, message: str) -> None:
    """One that cannot be meant is a warning."""
    finding = await one("whatsapp: budget", settings(evolve(CHANNEL, budget=budget)))

    assert (finding.status, finding.message) == (status, message)


async def test_a_budget_of_agents_behind_a_webhook() -> None:
    """Nobody else knows what they use."""
    behind = AgentsSettings(webhook="https://agent.example/", secret=(Secret("not-a-real-secret"),))
    channel = evolve(CHANNEL, budget=Budget(per_channel_per_day=20))

    finding = await one("whatsapp: budget", settings(channel, agents=behind))

    assert finding.message.endswith("by the usage that its answers name")


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        (TranscriptSettings(days=3), "the last 500 messages of each conversation are kept for 3 days"),
        (None, "nothing is kept: operators cannot read what was said"),
    ],
)
async def test_what_operators_can_read(kept: TranscriptSettings | None, message: str) -> None:
    assert (await one("transcripts", settings(transcripts=kept))).message == message


async def test_the_rules_of_a_channel() -> None:
    """Where there are none, nothing is said."""
    rules = (Rule(name="bills", words=("bill",), agent="billing"),)

    finding = await one("whatsapp: routing", settings(evolve(CHANNEL, routing=Routing(rules=rules))))

    assert finding.message == "rules: 1; else whatsapp-assistant answers"
    assert "whatsapp: routing" not in await examine()
