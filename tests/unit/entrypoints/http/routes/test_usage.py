"""`GET /v1/usage`."""

import datetime as dt

import pytest

from adapters.memory.operators import MemoryOperators
from adapters.memory.usage import MemoryUsage
from application.operating.manage_operators import ManageOperators
from application.operating.report_usage import ReportUsage
from application.ports.usage import CountedUsage
from domain.conversations.usage import ModelUsage, Usage
from domain.operators.operator import Operator, Role
from domain.people.person import Conversation
from support.http_services import OPERATOR, FakeServices, StoppedClock

TODAY = dt.datetime.fromtimestamp(StoppedClock().now(), dt.UTC).date()
USED = ModelUsage(model="gpt", tokens_in=10, tokens_out=5, cost=0.125)


def used() -> ReportUsage:
    usage = MemoryUsage()
    conversation = Conversation(channel="whatsapp", user="1")
    for number, day in enumerate((TODAY, TODAY - dt.timedelta(days=29), TODAY - dt.timedelta(days=30))):
        counted = CountedUsage(usage=Usage(agent="assistant", models=(USED,)), day=day)
        usage.count(conversation, f"t{number}", counted)
    return ReportUsage(usage=usage)


async def test_the_last_thirty_days_by_day() -> None:
    """Without parameters."""
    async with FakeServices().client(report_usage=used()) as client:
        answer = (await client.get("/v1/usage", headers=OPERATOR)).json()

    assert answer["until"] == str(TODAY)
    assert [item["day"] for item in answer["items"]] == [answer["since"], str(TODAY)]
    assert answer["total"] == {
        "day": None,
        "channel": None,
        "agent": None,
        "model": None,
        "turns": 2,
        "tokens_in": 20,
        "tokens_out": 10,
        "cost": 0.25,
    }


async def test_an_operator_of_other_channels_sees_nothing_of_it() -> None:
    """Neither in the rows nor in the total."""
    manage = ManageOperators(operators=MemoryOperators(), clock=StoppedClock())
    sally = Operator(name="sally", role=Role.VIEWER, channels=("sales",))
    token = await manage.add(operator=sally, known_channels=("sales",))
    async with FakeServices().client(report_usage=used(), manage_operators=manage) as client:
        answer = (await client.get("/v1/usage", headers={"Authorization": f"Bearer {token}"})).json()

    assert (answer["items"], answer["total"]["turns"]) == ([], 0)


async def test_a_range_by_channel_and_model() -> None:
    """`from`, `to`, and `by` more than once."""
    query = {"from": str(TODAY), "to": str(TODAY), "by": ["channel", "model"]}
    async with FakeServices().client(report_usage=used()) as client:
        answer = (await client.get("/v1/usage", headers=OPERATOR, params=query)).json()

    assert [(item["channel"], item["model"], item["cost"]) for item in answer["items"]] == [("whatsapp", "gpt", 0.125)]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({"by": "person"}, "invalid-request"),
        ({"from": "yesterday"}, "invalid-request"),
        ({"from": "2026-02-02", "to": "2026-01-01"}, "invalid-range"),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "invalid-range"),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "invalid-range"),
    ],
)
async def test_impossible_parameters(query: dict[str, str], kind: str) -> None:
    """400, with the reason."""
    async with FakeServices().client() as client:
        answer = await client.get("/v1/usage", headers=OPERATOR, params=query)

    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:trunkline:problem:{kind}")


async def test_the_first_of_all_days() -> None:
    """There are no thirty days before it."""
    async with FakeServices().client() as client:
        answer = await client.get("/v1/usage", headers=OPERATOR, params={"to": "0001-01-01"})

    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_only_operators_see_it() -> None:
    """As all their routes."""
    async with FakeServices().client() as client:
        assert (await client.get("/v1/usage")).status_code == 401
