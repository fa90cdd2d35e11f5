"""Proposals over HTTP."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from attrs import define, field

from domain.conversations.proposals import Proposal
from domain.people.person import Conversation
from support.http_services import OPERATOR, FakeServices
from support.messages import ANA, BOB
from support.proposals import PROPOSED_AT, action

URL = "/v1/proposals"


def made(count: int = 1, *, user: str = ANA.key, at: float = PROPOSED_AT) -> tuple[Proposal, ...]:
    person = ANA if user == ANA.key else BOB
    return Proposal.of_turn(
        [action()] * count,
        turn_id="turn-1",
        conversation=Conversation(channel="whatsapp", user=user),
        person=person,
        agent="assistant",
        at=at,
    )


@define
class Behind:
    """The services, with these proposals."""

    proposals: Sequence[Proposal]
    services: FakeServices = field(factory=FakeServices)

    def __attrs_post_init__(self) -> None:
        self.services.proposals.add(self.proposals)

    def client(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return self.services.client()


async def test_the_list_has_pages() -> None:
    """`next` is the `after` of the next page. The last page has none."""
    proposals = made(3)
    async with Behind(proposals).client() as client:
        first = (await client.get(URL, params={"limit": 2}, headers=OPERATOR)).json()
        second = (await client.get(URL, params={"limit": 2, "after": first["next"]}, headers=OPERATOR)).json()

    assert [item["id"] for item in first["items"] + second["items"]] == [one.id for one in proposals]
    assert second["next"] is None


async def test_the_list_is_filtered() -> None:
    """By state, by channel, and by conversation under any name of the person."""
    (ana,), (bob,) = made(), made(user=BOB.key, at=PROPOSED_AT + 1)
    async with Behind([ana, bob]).client() as client:

        async def found(**params: str) -> list[str]:
            answer = await client.get(URL, params=params, headers=OPERATOR)
            return [item["id"] for item in answer.raise_for_status().json()["items"]]

        assert await found(state="open") == [ana.id, bob.id]
        assert await found(state="rejected") == []
        assert await found(conversation=f"whatsapp:+{BOB.key}") == [bob.id]
        assert await found(channel="whatsapp") == [ana.id, bob.id]
        assert await found(channel="other") == []


@pytest.mark.parametrize(
    "params",
    [{"limit": "0"}, {"limit": "101"}, {"after": "x"}, {"state": "unknown"}, {"channel": "x" * 301}],
)
async def test_parameters_have_bounds(params: dict[str, str]) -> None:
    """400, and nothing is looked up."""
    async with Behind([]).client() as client:
        assert (await client.get(URL, params=params, headers=OPERATOR)).status_code == 400


async def test_one_is_shown() -> None:
    """What the agent wants to do, for whom, and that nobody has decided it."""
    (proposal,) = made()
    async with Behind([proposal]).client() as client:
        shown = (await client.get(f"{URL}/{proposal.id}", headers=OPERATOR)).json()

    assert shown == {
        "id": proposal.id,
        "state": "open",
        "channel": "whatsapp",
        "user": ANA.key,
        "agent": "assistant",
        "turn_id": "turn-1",
        "tool": "shop_create_order",
        "type": "api",
        "destination": "shop",
        "operation": "create_order",
        "arguments": {"boxes": 2, "note": "caf\u00e9"},
        "via": None,
        "proposed_at": PROPOSED_AT,
        "decided_by": None,
        "decided_at": None,
        "reason": "",
        "attempts": 0,
        "error": "",
        "result": "",
    }


async def test_an_unknown_one() -> None:
    """404, to show and to decide."""
    async with Behind([]).client() as client:
        shown = await client.get(f"{URL}/1-1", headers=OPERATOR)
        approved = await client.post(f"{URL}/1-1/approve", headers=OPERATOR)

    assert (shown.status_code, approved.status_code) == (404, 404)
    assert shown.json()["type"] == "urn:trunkline:problem:unknown-proposal"


async def test_it_is_approved_once() -> None:
    """Again, it stays as it was approved first. Then it cannot be rejected, and the answer says how it was decided."""
    (proposal,) = made()
    behind = Behind([proposal])
    async with behind.client() as client:
        first = await client.post(f"{URL}/{proposal.id}/approve", json={"reason": "fine"}, headers=OPERATOR)
        again = await client.post(f"{URL}/{proposal.id}/approve", headers=OPERATOR)
        rejected = await client.post(f"{URL}/{proposal.id}/reject", headers=OPERATOR)

    decided = first.json()
    assert (decided["state"], decided["decided_by"], decided["reason"]) == ("delivering", "admin", "fine")
    assert (again.status_code, again.json()) == (200, decided)
    assert rejected.status_code == 409
    problem = rejected.json()
    assert (problem["type"], problem["state"]) == ("urn:trunkline:problem:proposal-decided", "delivering")
    assert len(behind.services.proposals.due) == 1


async def test_it_is_rejected() -> None:
    """With a reason, which has a bound."""
    (proposal,) = made()
    async with Behind([proposal]).client() as client:
        too_long = await client.post(f"{URL}/{proposal.id}/reject", json={"reason": "x" * 501}, headers=OPERATOR)
        unknown = await client.post(f"{URL}/{proposal.id}/reject", json={"by": "me"}, headers=OPERATOR)
        rejected = await client.post(f"{URL}/{proposal.id}/reject", json={"reason": "no"}, headers=OPERATOR)

    assert (too_long.status_code, unknown.status_code) == (400, 400)
    assert (rejected.json()["state"], rejected.json()["reason"]) == ("rejected", "no")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/1-1"), ("POST", "/1-1/approve"), ("POST", "/1/reject")]
)
async def test_only_operators(method: str, path: str) -> None:
    """401 without the token."""
    async with Behind([]).client() as client:
        assert (await client.request(method, f"{URL}{path}")).status_code == 401
