"""A thousand updates in one webhook: Meta announces that many."""

import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest

from support.phone import post
from support.polling import eventually
from support.recorded_agents import RecordedAgents, recorded_agents
from support.service import StartService
from support.strict_graph import StrictGraph
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import status, webhook

NOW = int(time.time())
PEOPLE = [f"1555400{number:04}" for number in range(10)]


@pytest.fixture
async def agents() -> AsyncIterator[RecordedAgents]:
    async with recorded_agents() as agents:
        yield agents


async def test_a_thousand_updates_are_stored_in_time_and_answered_in_order(
    graph: StrictGraph, agents: RecordedAgents, start_service: StartService
) -> None:
    """In random order, from ten people. The agent gets each message once. A second delivery has no effect."""
    service = await start_service(agents=agents.url, api_url=graph.url, rate_limit=False)
    messages = [
        text_message(f"{number}", sender=PEOPLE[number % 10], wamid=f"wamid.many.{number}", at=NOW + number)
        for number in range(1000)
    ]
    random.Random(7).shuffle(messages)  # noqa: S311
    body = webhook(*messages, statuses=[status(wamid=f"wamid.{number}") for number in range(200)])

    first, second = await post(service, body), await post(service, body)
    read = await eventually(lambda: _read_by_all(agents), seconds=30)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.elapsed.total_seconds() < 2
    assert read == {person: [str(number) for number in range(at, 1000, 10)] for at, person in enumerate(PEOPLE)}


def _read_by_all(agents: RecordedAgents) -> dict[str, list[str]] | None:
    """The lines each person's agent was given, once there are a thousand."""
    read: defaultdict[str, list[str]] = defaultdict(list)
    for run in agents.runs:
        read[run.session_id] += run.query.split("\n")
    return dict(sorted(read.items())) if sum(map(len, read.values())) >= 1000 else None
