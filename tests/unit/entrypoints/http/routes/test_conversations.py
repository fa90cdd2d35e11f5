"""Operators take a conversation over, and give it back."""

import pytest

from adapters.memory.agent import ScriptedAgent
from domain.people.aliases import Observation
from domain.people.person import Conversation, Person
from support.http_services import OPERATOR, FakeServices

ANA = "/v1/conversations/whatsapp:15550001111"
US_1 = Conversation(channel="whatsapp", user="US.1")


async def test_an_unknown_conversation_is_blank() -> None:
    """Anybody might write."""
    async with FakeServices().client() as client:
        answer = await client.get(ANA, headers=OPERATOR)

    assert answer.status_code == 200
    assert answer.json() == {
        "channel": "whatsapp",
        "user": "15550001111",
        "heard_at": None,
        "window_open": True,
        "human": False,
        "human_until": None,
        "session": 0,
        "takes_marketing": True,
        "reachable": True,
        "loop_until": None,
        "agent": "assistant",
        "joined_session": "",
    }


@pytest.mark.parametrize(("query", "until"), [("", None), ("?seconds=60", 1_800_000_060.0)])
async def test_taking_over_and_giving_back(query: str, until: float | None) -> None:
    """For a time, or until it is ended."""
    async with FakeServices().client() as client:
        taken = await client.post(f"{ANA}/human{query}", headers=OPERATOR)
        during = (await client.get(ANA, headers=OPERATOR)).json()
        given = await client.delete(f"{ANA}/human", headers=OPERATOR)
        after = (await client.get(ANA, headers=OPERATOR)).json()

    assert (taken.status_code, given.status_code) == (204, 204)
    assert (during["human"], during["human_until"]) == (True, until)
    assert (after["human"], after["human_until"]) == (False, None)


@pytest.mark.parametrize("name", ["15550001111", "+15550001111", "%2B1%20555%20000-1111", "US.1"])
async def test_a_person_is_found_by_any_name(name: str) -> None:
    """A number takes over, shows and gives back the conversation of a person first met by user id."""
    behind = FakeServices()
    seen = [Person(user_id="US.1"), Person(user_id="US.1", phone="15550001111")]
    await behind.directory.ids(channel="whatsapp", seen=[Observation(person=person, at=1) for person in seen])
    path = f"/v1/conversations/whatsapp:{name}"
    async with behind.client() as client:
        await client.post(f"{path}/human", headers=OPERATOR)
        taken = (await behind.states.of(conversation=US_1)).human_until
        shown = (await client.get(path, headers=OPERATOR)).json()
        await client.delete(f"{path}/human", headers=OPERATOR)

    assert taken is not None
    assert (shown["user"], shown["human"]) == ("US.1", True)
    assert (await behind.states.of(conversation=US_1)).human_until is None


async def test_choosing_an_agent_and_going_back() -> None:
    """What is shown answers the next message."""
    behind = FakeServices(agent=ScriptedAgent(names=("assistant", "billing")))
    async with behind.client() as client:
        chosen = await client.put(f"{ANA}/agent", headers=OPERATOR, json={"agent": "billing"})
        during = (await client.get(ANA, headers=OPERATOR)).json()["agent"]
        reset = await client.delete(f"{ANA}/agent", headers=OPERATOR)
        after = (await client.get(ANA, headers=OPERATOR)).json()["agent"]

    assert (chosen.status_code, reset.status_code) == (204, 204)
    assert (during, after) == ("billing", "assistant")
    assert [activity.kind.value for activity in behind.feed.activities] == ["routed", "routed"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"agent": "nobody"}, 422),
        ({"agent": ""}, 400),
        ({"agent": " a"}, 400),
        ({"agent": "a\nb"}, 400),
        ({"agent": "a" * 101}, 400),
        ({"agent": 3}, 400),
        ({"agent": "assistant", "more": 1}, 400),
        ({}, 400),
    ],
)
async def test_an_agent_that_cannot_be_chosen(body: dict[str, object], status: int) -> None:
    """Nothing changes."""
    behind = FakeServices()
    async with behind.client() as client:
        answer = await client.put(f"{ANA}/agent", headers=OPERATOR, json=body)

    assert answer.status_code == status
    assert behind.feed.activities == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"to": "whatsapp:15550002222"}, 409),
        ({"to": "fax:1"}, 404),
        ({"to": "a" * 301}, 400),
        ({"to": "whatsapp:\n1"}, 400),
        ({"to": ""}, 400),
        ({"to": "whatsapp:1", "more": 1}, 400),
        ({}, 400),
    ],
)
async def test_what_cannot_be_joined(body: dict[str, object], status: int) -> None:
    """Two conversations of one channel are two people. Nothing changes."""
    behind = FakeServices()
    async with behind.client() as client:
        answer = await client.put(f"{ANA}/joined", headers=OPERATOR, json=body)

    assert answer.status_code == status
    assert behind.feed.activities == []


@pytest.mark.parametrize("conversation", ["fax:1", "whatsapp:", "whatsapp", ":1"])
async def test_a_conversation_of_an_unknown_channel_is_unknown(conversation: str) -> None:
    """404, like the channel."""
    async with FakeServices().client() as client:
        answer = await client.get(f"/v1/conversations/{conversation}", headers=OPERATOR)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:trunkline:problem:unknown-channel"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ANA),
        ("POST", f"{ANA}/human"),
        ("DELETE", f"{ANA}/human"),
        ("PUT", f"{ANA}/agent"),
        ("PUT", f"{ANA}/joined"),
        ("DELETE", f"{ANA}/joined"),
        ("DELETE", f"{ANA}/agent"),
    ],
)
async def test_a_token_is_required(method: str, path: str) -> None:
    """Without it: 401."""
    async with FakeServices().client() as client:
        assert (await client.request(method, path)).status_code == 401
