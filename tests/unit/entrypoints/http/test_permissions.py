"""Who may do what, over every route of the application."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from attrs import evolve
from litestar import Litestar

from adapters.memory.operators import MemoryOperators
from application.channels import Channels
from application.operating.list_conversations import FoundPage
from application.operating.manage_operators import ManageOperators
from domain.conversations.proposals import Proposal
from domain.operators.operator import Operator, Role
from domain.people.person import Conversation
from entrypoints.http.permissions import PERMISSIONS, PUBLIC, Permission
from support.dead_letters import dead_letter
from support.http_services import OPERATOR, FakeServices, StoppedClock
from support.messages import ANA
from support.proposals import PROPOSED_AT, action
from support.signed_channel import whatsapp

NAMES = {
    "channel": "whatsapp",
    "conversation": "whatsapp:15550001111",
    "letter_id": "0.1-0",
    "proposal_id": "none",
    "message_id": "none",
    "receiver": "none",
    "event_id": "none",
    "name": "nobody",
}


def routes(app: Litestar) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        for method in getattr(route, "methods", ()):
            if method != "OPTIONS":
                yield str(method), route.path_format


@asynccontextmanager
async def operated(
    behind: FakeServices, *operators: Operator, **changes: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, list[dict[str, str]]]]:
    """A client of the application, and the header of each operator."""
    manage = ManageOperators(operators=MemoryOperators(), clock=StoppedClock())
    tokens = [await manage.add(operator=each, known_channels=("whatsapp", "sales")) for each in operators]
    channels = Channels.of([evolve(whatsapp(), inbound=behind.inbound), evolve(whatsapp(), name="sales")])
    async with behind.client(manage_operators=manage, channels=channels, **changes) as client:
        yield client, [{"Authorization": f"Bearer {token}"} for token in tokens]


async def status(client: httpx.AsyncClient, method: str, path: str, headers: Mapping[str, str]) -> int:
    return (await client.request(method, path.format(**NAMES), headers=headers)).status_code


def test_every_route_is_named_once() -> None:
    """With the role it needs, or as public; and no other route is named."""
    known = set(routes(FakeServices().app()))

    assert known == set(PERMISSIONS) | PUBLIC
    assert not set(PERMISSIONS) & PUBLIC


@pytest.mark.parametrize(("route", "permission"), PERMISSIONS.items(), ids=str)
async def test_each_role_may_use_its_routes_only(route: tuple[str, str], permission: Permission) -> None:
    """Nobody without a token, and nobody with a lesser role. What follows may fail, but not for want of rights."""
    behind = FakeServices()
    behind.stopping.set()  # so that the stream of events ends at once
    everybody = [Operator(name=f"an-{role}", role=role) for role in Role]
    async with operated(behind, *everybody) as (client, headers):
        nobody = await status(client, *route, {})
        allowed = {
            role: await status(client, *route, header) not in {401, 403}
            for role, header in zip(Role, headers, strict=True)
        }

    assert nobody == 401
    assert allowed == {role: role.includes(permission.role) for role in Role}


@pytest.mark.parametrize(("route", "permission"), PERMISSIONS.items(), ids=str)
async def test_who_has_one_channel_does_not_reach_the_other(route: tuple[str, str], permission: Permission) -> None:
    """What names another channel does not exist for them; what concerns all channels is refused."""
    behind = FakeServices()
    behind.stopping.set()
    operator = Operator(name="sally", role=Role.OPERATOR, channels=("sales",))
    async with operated(behind, operator) as (client, (header,)):
        answer = await client.request(route[0], route[1].format(**NAMES), headers=header)

    if permission.all_channels:
        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:trunkline:problem:not-allowed"
    elif "{channel}" in route[1] or "{conversation}" in route[1]:
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:trunkline:problem:unknown-channel"
    else:
        assert answer.status_code in {200, 404}


async def test_a_refusal_says_why() -> None:
    """And nothing was done."""
    behind = FakeServices()
    async with operated(behind, Operator(name="vera", role=Role.VIEWER)) as (client, (header,)):
        answer = await client.post("/v1/conversations/whatsapp:15550001111/human", headers=header)
        shown = await client.get("/v1/conversations/whatsapp:15550001111", headers=header)

    assert answer.status_code == 403
    assert answer.json()["reason"] == "This needs the role operator, and vera is a viewer."
    assert shown.json()["human"] is False


async def test_proposals_of_other_channels_are_not_there() -> None:
    """Neither in the list, nor by their id, nor to decide. The others carry the name of who decided."""
    behind = FakeServices()
    (ours,), (theirs,) = (
        Proposal.of_turn(
            [action()],
            turn_id=f"turn-{channel}",
            conversation=Conversation(channel=channel, user=ANA.key),
            person=ANA,
            agent="assistant",
            at=PROPOSED_AT,
        )
        for channel in ("sales", "whatsapp")
    )
    behind.proposals.add([ours, theirs])
    operator = Operator(name="sally", role=Role.OPERATOR, channels=("sales",))
    async with operated(behind, operator) as (client, (header,)):
        listed = (await client.get("/v1/proposals", headers=header)).json()["items"]
        foreign = await client.get("/v1/proposals", params={"channel": "whatsapp"}, headers=header)
        statuses = [
            await status(client, "GET", f"/v1/proposals/{theirs.id}", header),
            await status(client, "POST", f"/v1/proposals/{theirs.id}/approve", header),
            await status(client, "POST", f"/v1/proposals/{theirs.id}/reject", header),
        ]
        decided = (await client.post(f"/v1/proposals/{ours.id}/reject", headers=header)).json()

    assert [item["id"] for item in listed] == [ours.id]
    assert foreign.status_code == 404
    assert statuses == [404, 404, 404]
    assert (decided["state"], decided["decided_by"]) == ("rejected", "sally")
    assert (await behind.proposals.show(proposal_id=theirs.id)).decided_by == ""


async def test_dead_letters_of_other_channels_are_not_there() -> None:
    """Neither in the list, nor by their id, nor to replay or discard."""
    behind = FakeServices()
    behind.dead_letters.letters.append(dead_letter("0.1-0"))
    operator = Operator(name="sally", role=Role.OPERATOR, channels=("sales",))
    async with operated(behind, operator) as (client, (header,)):
        listed = (await client.get("/v1/dead-letters", params={"limit": 1}, headers=header)).json()
        statuses = [
            await status(client, "GET", "/v1/dead-letters/0.1-0", header),
            await status(client, "POST", "/v1/dead-letters/0.1-0/replay", header),
            await status(client, "DELETE", "/v1/dead-letters/0.1-0", header),
        ]

    assert listed == {"items": [], "next": "0.1-0"}
    assert statuses == [404, 404, 404]
    assert [letter.id for letter in behind.dead_letters.letters] == ["0.1-0"]


async def test_the_list_of_conversations_has_their_channels_only() -> None:
    """Also when another one is asked for: it does not exist."""
    asked: list[dict[str, object]] = []

    async def recorded(**query: object) -> FoundPage:
        asked.append(query)
        return FoundPage(found=(), end=None)

    operator = Operator(name="sally", role=Role.VIEWER, channels=("sales",))
    async with operated(FakeServices(), operator, list_conversations=recorded) as (client, (header,)):
        foreign = await client.get("/v1/conversations", params={"channel": "whatsapp"}, headers=header)
        await client.get("/v1/conversations", headers=header)
        await client.get("/v1/conversations", params={"channel": "sales"}, headers=header)

    assert foreign.status_code == 404
    assert [query["channels"] for query in asked] == [("sales",), ("sales",)]


async def test_a_takeover_has_the_name_of_the_operator() -> None:
    """And so has its end, for everybody who follows the events."""
    behind, url = FakeServices(), "/v1/conversations/whatsapp:15550001111/human"
    async with operated(behind, Operator(name="olga", role=Role.OPERATOR)) as (client, (header,)):
        began, ended = await client.post(url, headers=header), await client.delete(url, headers=header)

    events = behind.feed.follow(after="0")
    reasons = [(await anext(events))[1].detail["reason"] for _ in range(2)]
    assert (began.status_code, ended.status_code) == (204, 204)
    assert reasons == ["olga took over", "olga gave it back: the agent answers again"]


async def test_nobody_is_joined_to_a_channel_they_do_not_see() -> None:
    """The other conversation does not exist for this operator."""
    operator = Operator(name="sally", role=Role.OPERATOR, channels=("sales",))
    async with operated(FakeServices(), operator) as (client, (header,)):
        answer = await client.put(
            "/v1/conversations/sales:15550001111/joined", json={"to": "whatsapp:15550001111"}, headers=header
        )

    assert answer.json()["type"] == "urn:trunkline:problem:unknown-channel"


async def test_an_admin_manages_operators_over_http() -> None:
    """The token comes once, works at once, and ends with its revocation."""
    async with FakeServices().client() as client:
        new = {"name": "olga", "role": "operator", "channels": ["whatsapp"]}
        added = await client.post("/v1/operators", json=new, headers=OPERATOR)
        again = await client.post("/v1/operators", json=new, headers=OPERATOR)
        unknown = await client.post("/v1/operators", json=new | {"channels": ["sms"]}, headers=OPERATOR)
        header = {"Authorization": f"Bearer {added.json()['token']}"}
        me = await client.get("/v1/operators/me", headers=header)
        listed = await client.get("/v1/operators", headers=OPERATOR)
        revoked = await client.delete("/v1/operators/olga", headers=OPERATOR)
        gone = await client.delete("/v1/operators/olga", headers=OPERATOR)
        refused = await client.get("/v1/operators/me", headers=header)

    assert (added.status_code, again.status_code, unknown.status_code) == (201, 409, 422)
    assert unknown.json()["reason"] == "there is no channel sms; channels.yaml has whatsapp"
    assert me.json() == new | {"csrf_token": ""}
    assert listed.json() == [new | {"created_at": StoppedClock().now()}]
    assert added.json()["token"] not in listed.text
    assert (revoked.status_code, gone.status_code, refused.status_code) == (204, 404, 401)


async def test_the_token_of_the_configuration_is_an_admins() -> None:
    """As before there were operators."""
    async with FakeServices().client() as client:
        me = await client.get("/v1/operators/me", headers=OPERATOR)

    assert me.json() == {"name": "admin", "role": "admin", "channels": [], "csrf_token": ""}
