"""What operators do is recorded."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from structlog.testing import CapturingLogger

from adapters.memory.audit_log import MemoryAuditLog
from adapters.memory.clock import FakeClock
from adapters.memory.operators import MemoryOperators
from application.operating.manage_operators import ManageOperators
from application.ports.audit_log import AuditFilter, AuditPage
from application.ports.store import StoreUnavailableError
from domain.operators.audit import AuditEntry, AuditOutcome
from domain.operators.operator import Operator, Role
from entrypoints.http import audit_trail
from entrypoints.http.permissions import PERMISSIONS
from support.dead_letters import dead_letter
from support.http_services import KEYED, MESSAGES, OPERATOR, TEMPLATE, FakeServices, StoppedClock

ANA = "whatsapp:15550001111"
ASKED = "/v1/conversations/whatsapp:+1 (555) 000-1111"
URL = "/v1/audit"


async def entries(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(URL, params=query, headers=OPERATOR)).json()["items"]
    return items


def brief(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(entry[name] for name in ("operator", "action", "outcome", "channel", "conversation", "subject"))


async def test_an_action_is_recorded_with_all_that_belongs_to_it() -> None:
    """The conversation under the id that we show, whatever name of the person was used."""
    async with FakeServices().client() as client:
        await client.post(f"{ASKED}/human", headers=OPERATOR)
        (entry,) = await entries(client)

    assert entry == {
        "time": "2027-01-15T08:00:00Z",
        "operator": "admin",
        "action": "take_over",
        "outcome": "done",
        "channel": "whatsapp",
        "conversation": ANA,
        "subject": "",
        "place": "http",
    }


async def test_what_the_path_does_not_say_is_recorded_too() -> None:
    """Whom a message went to, whose dead letter it was, who was added. Nobody's words are in it."""
    behind = FakeServices()
    behind.dead_letters.letters.append(dead_letter("0.1-0"))
    async with behind.client() as client:
        sent = (await client.post(MESSAGES, json={"to": "+15550001111", "messages": [TEMPLATE]}, headers=KEYED)).json()
        await client.delete("/v1/dead-letters/0.1-0", headers=OPERATOR)
        await client.post("/v1/operators", json={"name": "vera", "role": "viewer"}, headers=OPERATOR)
        recorded = await entries(client)

    assert list(map(brief, reversed(recorded))) == [
        ("admin", "send_message", "done", "whatsapp", ANA, sent["turn_id"]),
        ("admin", "discard_dead_letter", "done", "whatsapp", ANA, "0.1-0"),
        ("admin", "add_operator", "done", "", "", "vera"),
    ]
    assert "Ana" not in json.dumps(recorded)


async def test_refused_and_failed_actions_are_recorded() -> None:
    """With the name of who tried. Who has no token is nobody."""
    manage = ManageOperators(operators=MemoryOperators(), clock=StoppedClock())
    token = await manage.add(operator=Operator(name="vera", role=Role.VIEWER), known_channels=())
    vera = {"Authorization": f"Bearer {token}"}
    async with FakeServices().client(manage_operators=manage) as client:
        await client.post(f"{ASKED}/human", headers=vera)
        await client.get("/v1/operators", headers=vera)
        await client.post("/v1/dead-letters/0.9-0/replay", headers=OPERATOR)
        await client.post(f"{ASKED}/human")
        recorded = await entries(client)

    assert [(entry["operator"], entry["action"], entry["outcome"]) for entry in reversed(recorded)] == [
        ("vera", "take_over", "refused"),
        ("vera", "GET /v1/operators", "refused"),
        ("admin", "replay_dead_letter", "failed"),
    ]


def test_everything_that_changes_something_has_a_name() -> None:
    """So that it is recorded."""
    assert [route for route, needed in PERMISSIONS.items() if route[0] != "GET" and not needed.action] == []


async def test_looking_is_no_action_but_reading_what_people_wrote_is() -> None:
    """Lists of names are looked at every few seconds."""
    async with FakeServices().client() as client:
        for path in ("/v1/usage", "/v1/proposals", ASKED, f"{ASKED}/messages", "/v1/operators/me"):
            await client.get(path, headers=OPERATOR)
        (entry,) = await entries(client)

    assert brief(entry)[:5] == ("admin", "read_messages", "done", "whatsapp", ANA)


async def test_what_is_read_again_is_recorded_once() -> None:
    """The console loads an open transcript at every event. It counts anew after ten minutes."""
    clock = FakeClock(1_800_000_000.0)
    manage = ManageOperators(operators=MemoryOperators(), clock=clock)
    token = await manage.add(operator=Operator(name="vera", role=Role.VIEWER), known_channels=())
    vera = {"Authorization": f"Bearer {token}"}
    async with FakeServices().client(manage_operators=manage, clock=clock) as client:
        for seconds in (0.0, 30.0, 569.0, 1.0, 100.0):
            clock.advance(seconds)
            await client.get(f"{ASKED}/messages", headers=vera)
            await client.get("/v1/conversations", headers=vera)
        await client.get(f"{ASKED}/messages", headers=OPERATOR)
        await client.get("/v1/conversations/whatsapp:15550002222/messages", headers=OPERATOR)
        recorded = await entries(client)

    assert [(one["operator"], one["action"], one["time"][11:19]) for one in reversed(recorded)] == [
        ("vera", "read_messages", "08:00:00"),
        ("vera", "list_conversations", "08:00:00"),
        ("vera", "read_messages", "08:10:00"),
        ("vera", "list_conversations", "08:10:00"),
        ("admin", "read_messages", "08:11:40"),
        ("admin", "read_messages", "08:11:40"),
    ]


class AwayLog:
    async def record(self, *, entry: AuditEntry) -> None:
        raise StoreUnavailableError

    async def page(self, *, limit: int, before: str | None = None, only: AuditFilter) -> AuditPage:
        raise StoreUnavailableError


async def test_an_action_is_answered_although_it_cannot_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has happened. The log of the service says so."""
    log = CapturingLogger()
    monkeypatch.setattr(audit_trail, "logger", log)
    async with FakeServices().client(audit_log=AwayLog()) as client:
        answer = await client.post(f"{ASKED}/human", headers=OPERATOR)

    (line,) = log.calls
    assert answer.status_code == 204
    assert "not in the audit log" in line.args[0]
    assert (line.method_name, line.kwargs["operator"], line.kwargs["action"]) == ("warning", "admin", "take_over")


def entry(number: int, **changes: Any) -> AuditEntry:
    fields = {"operator": f"o{number}", "action": "join", "outcome": AuditOutcome.DONE, "place": "http"} | changes
    return AuditEntry(at=float(number), **fields)


async def filled(count: int) -> MemoryAuditLog:
    log = MemoryAuditLog()
    for number in range(count):
        await log.record(entry=entry(number))
    return log


async def test_the_log_has_pages_and_filters() -> None:
    """The latest first."""
    async with FakeServices().client(audit_log=await filled(3)) as client:
        first = (await client.get(URL, params={"limit": 2}, headers=OPERATOR)).json()
        second = (await client.get(URL, params={"before": first["next"]}, headers=OPERATOR)).json()
        (one,) = await entries(client, operator="o1")
        wrong = await client.get(URL, params={"before": "x"}, headers=OPERATOR)

    assert [item["operator"] for item in first["items"] + second["items"]] == ["o2", "o1", "o0"]
    assert (second["next"], one["operator"]) == (None, "o1")
    assert (wrong.status_code, wrong.json()["type"]) == (400, "urn:trunkline:problem:invalid-position")


async def test_the_whole_log_is_exported() -> None:
    """As JSON by lines and as CSV, over many pages. The export is an action too."""
    async with FakeServices().client(audit_log=await filled(1200)) as client:
        lines = await client.get(f"{URL}/export", headers=OPERATOR)
        table = await client.get(f"{URL}/export", params={"format": "csv", "operator": "o7"}, headers=OPERATOR)
        recorded = await entries(client, operator="admin")

    assert lines.headers["content-type"] == "application/x-ndjson"
    assert lines.headers["content-disposition"] == 'attachment; filename="audit.ndjson"'
    operators = [json.loads(line)["operator"] for line in lines.text.splitlines()]
    assert operators[-1200:] == [f"o{number}" for number in range(1199, -1, -1)]
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    head, row = csv.reader(io.StringIO(table.text))
    assert head == ["time", "operator", "action", "outcome", "channel", "conversation", "subject", "place"]
    assert row == ["1970-01-01T00:00:07+00:00", "o7", "join", "done", "", "", "", "http"]
    assert [item["action"] for item in recorded] == ["export_audit_log"] * 2


@pytest.mark.parametrize("subject", ["=1+1", "+1", "-1", "@x", "\tx"])
async def test_no_cell_is_a_formula(subject: str) -> None:
    """Whatever somebody wrote into an address."""
    log = MemoryAuditLog()
    await log.record(entry=entry(1, subject=subject))
    async with FakeServices().client(audit_log=log) as client:
        table = await client.get(f"{URL}/export", params={"format": "csv", "operator": "o1"}, headers=OPERATOR)

    *_, row = csv.reader(io.StringIO(table.text))
    assert row[6] == f"'{subject}"
