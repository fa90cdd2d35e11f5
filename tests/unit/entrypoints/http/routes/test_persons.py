"""A person's data over HTTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from attrs import define, evolve, field
from litestar.exceptions import LitestarException

from adapters.memory.operators import MemoryOperators
from adapters.memory.personal_data import MemoryPersonalData
from application.channels import Channels
from application.operating.manage_operators import ManageOperators
from application.ports.personal_data import PersonalRecord
from application.ports.store import StoreUnavailableError
from domain.operators.operator import Operator, Role
from domain.people.person import Conversation
from support.answering import Answering
from support.http_services import OPERATOR, FakeServices, StoppedClock
from support.messages import CONVERSATION
from support.signed_channel import whatsapp
from support.turns import answer_texts

ANA = f"/v1/persons/{CONVERSATION}"
NOBODY = "/v1/persons/whatsapp:15559998888"


@define
class Persons:
    """An application in front of what is stored in memory."""

    answering: Answering = field(factory=Answering)
    manage: ManageOperators = field(factory=lambda: ManageOperators(operators=MemoryOperators(), clock=StoppedClock()))

    @asynccontextmanager
    async def client(self, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
        """Ana has written."""
        await answer_texts(self.answering, "zanzibar")
        behind = FakeServices()
        channels = Channels.of([evolve(whatsapp(), inbound=behind.inbound), evolve(whatsapp(), name="sales")])
        cases = self.answering.use_cases
        at_once = {"lease_seconds": 0.0, "settle_seconds": 0.0, "find": evolve(cases.find, channels=channels)}
        persons = evolve(cases.persons_data, **at_once, **changes)
        async with behind.client(persons_data=persons, manage_operators=self.manage, channels=channels) as client:
            yield client

    async def token(self, role: Role, *channels: str) -> dict[str, str]:
        operator = Operator(name="somebody", role=role, channels=channels)
        token = await self.manage.add(operator=operator, known_channels=("whatsapp", "sales"))
        return {"Authorization": f"Bearer {token}"}


async def test_a_person_is_shown_by_any_name() -> None:
    """How many records there are, and no words."""
    async with Persons().client() as client:
        shown = await client.get("/v1/persons/whatsapp:+1 (555) 000-2222", headers=OPERATOR)

    assert shown.status_code == 200
    assert shown.json()["conversations"] == [str(CONVERSATION)]
    assert shown.json()["records"]["text"] >= 1
    assert "zanzibar" not in shown.text


async def test_an_export_is_one_document() -> None:
    """A file that no cache keeps. Each record says whose it is and of what kind."""
    async with Persons().client() as client:
        exported = await client.get(f"{ANA}/export", headers=OPERATOR)

    document = exported.json()
    assert exported.headers["content-disposition"] == 'attachment; filename="person.json"'
    assert exported.headers["cache-control"] == "no-store"
    assert (document["format"], document["conversations"]) == (1, [str(CONVERSATION)])
    assert {record["conversation"] for record in document["records"]} == {str(CONVERSATION)}
    assert "zanzibar" in json.dumps([record["value"] for record in document["records"] if record["kind"] == "text"])


async def test_what_is_erased_is_not_there_any_more() -> None:
    """When the runtime has cleared its memory, nothing is known of the person."""
    persons = Persons()
    async with persons.client() as client:
        erased = await client.delete(ANA, headers=OPERATOR)
        left = (await client.get(ANA, headers=OPERATOR)).json()["records"]
        await persons.answering.use_cases.forget_sessions()
        after = [await client.request(*request, headers=OPERATOR) for request in requests(ANA)]

    assert (erased.status_code, erased.json()["conversations"]) == (200, [str(CONVERSATION)])
    assert erased.json()["records"] > 0
    assert erased.json()["sessions"] > 0
    assert left.keys() == {"old_session"}
    assert [answer.status_code for answer in after] == [404] * 3


async def test_who_never_wrote_is_unknown() -> None:
    """A wrong number must not look like an erasure."""
    async with Persons().client() as client:
        answers = [await client.request(*request, headers=OPERATOR) for request in requests(NOBODY)]
        nowhere = [await client.request(*request, headers=OPERATOR) for request in requests("/v1/persons/nowhere:1")]

    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (404, "urn:trunkline:problem:unknown-person")
    ] * 3
    assert [(answer.status_code, answer.json()["type"]) for answer in nowhere] == [
        (404, "urn:trunkline:problem:unknown-channel")
    ] * 3


@pytest.mark.parametrize(
    ("role", "channels"),
    [(Role.VIEWER, ()), (Role.OPERATOR, ()), (Role.OPERATOR, ("whatsapp",)), (Role.OPERATOR, ("sales",))],
    ids=str,
)
async def test_nobody_else_than_an_admin_for_all_channels(role: Role, channels: tuple[str, ...]) -> None:
    """The others learn nothing, not even whether there is such a person, and erase nothing."""
    persons = Persons()
    header = await persons.token(role, *channels)
    async with persons.client() as client:
        refused = [
            await client.request(*request, headers=header) for name in (ANA, NOBODY) for request in requests(name)
        ]
        without = [await client.request(*request) for request in requests(ANA)]
        shown = await client.get(ANA, headers=OPERATOR)

    assert [(answer.status_code, answer.json()["type"]) for answer in refused] == [
        (403, "urn:trunkline:problem:not-allowed")
    ] * 6
    assert [answer.status_code for answer in without] == [401] * 3
    assert "zanzibar" not in "".join(answer.text for answer in refused)
    assert shown.json()["records"]["text"] >= 1


async def test_each_use_is_in_the_audit_log() -> None:
    """Under the id of the conversation, whatever name was used, also when no name leads to it any more."""
    name = "/v1/persons/whatsapp:+1 (555) 000-2222"
    async with Persons().client() as client:
        for request in requests(name):
            await client.request(*request, headers=OPERATOR)
        await client.get(NOBODY, headers=OPERATOR)
        items = (await client.get("/v1/audit", headers=OPERATOR)).json()["items"]

    assert [(item["action"], item["conversation"], item["outcome"]) for item in reversed(items)] == [
        ("show_person", str(CONVERSATION), "done"),
        ("export_person", str(CONVERSATION), "done"),
        ("erase_person", str(CONVERSATION), "done"),
        ("show_person", "whatsapp:15559998888", "failed"),
    ]
    assert {item["operator"] for item in items} == {"admin"}


class AwayAtTheEnd(MemoryPersonalData):
    """The store fails after the records of a person."""

    async def records(self, *, conversation: Conversation) -> AsyncIterator[PersonalRecord]:
        async for record in super().records(conversation=conversation):
            yield record
        raise StoreUnavailableError("away")


async def test_while_the_store_is_away() -> None:
    """A list cannot be counted: try again. A document that was begun breaks off, and is no JSON."""
    persons = Persons()
    data = persons.answering.use_cases.personal_data
    assert isinstance(data, MemoryPersonalData)
    names = ("mailbox", "feed", "outbox", "directory", "limiter", "shared_sessions", "requests")
    broken = AwayAtTheEnd(**{name: getattr(data, name) for name in names})
    async with persons.client(data=broken) as client:
        shown = await client.get(ANA, headers=OPERATOR)
        with pytest.raises(LitestarException, match="after response started"):
            await client.get(f"{ANA}/export", headers=OPERATOR)

    assert (shown.status_code, shown.json()["type"]) == (503, "urn:trunkline:problem:store-unavailable")


def requests(path: str) -> list[tuple[str, str]]:
    """Show, export, erase."""
    return [("GET", path), ("GET", f"{path}/export"), ("DELETE", path)]
