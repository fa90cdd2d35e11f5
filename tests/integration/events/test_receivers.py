"""Events reach a company's own system: over real sockets, through its outages, and when our processes are killed."""

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from attrs import define, field

from adapters.redis.connection import StoreConnections
from domain.conversations.activity import Activity, ActivityKind
from support.http_server import Conversation, serving
from support.polling import eventually
from support.service import Service, trunkline, write_config
from support.simulator import ANA, BEN, RunningSimulator

SECRET = "a-secret-of-the-company"


@define
class Company:
    """Checks each signature, and keeps the events that it took, in their order."""

    url: str = ""
    is_away: bool = False
    taken: list[dict[str, Any]] = field(factory=list)
    tries: int = 0

    def kinds(self, user: str) -> list[str]:
        """The kinds of the events of one person, each event once."""
        events = {event["id"]: event["kind"] for event in self.taken if event["conversation"].endswith(user)}
        return list(events.values())

    def first_ids(self) -> dict[str, list[str]]:
        """The ids by conversation, as they came first."""
        ids: dict[str, dict[str, None]] = defaultdict(dict)
        for event in self.taken:
            ids[event["conversation"]][event["id"]] = None
        return {conversation: list(its) for conversation, its in ids.items()}

    async def serve(self, conversation: Conversation) -> None:
        while True:
            head, _, body = (await conversation.request()).partition(b"\r\n\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
            self.tries += 1
            event = json.loads(body)
            if self.is_away:
                await conversation.say(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n")
                continue
            original = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            signature = next(value for name, value in original.items() if name.lower() == "webhook-signature")
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            right = base64.b64encode(hmac.digest(SECRET.encode(), signed, hashlib.sha256)).decode()
            assert signature == f"v1,{right}"
            assert headers["webhook-id"] == f"evt-{event['id']}"
            self.taken.append(event)
            await conversation.say(b"HTTP/1.1 204 \r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    company = Company()
    async with serving(company.serve) as server:
        company.url = server.url
        yield company


@pytest.fixture
async def services(
    tmp_path: Path, store_url: str, meta: RunningSimulator, agents_url: str, company: Company
) -> AsyncIterator[tuple[Service, Service]]:
    """Two processes of the same installation."""
    config = write_config(tmp_path / "config", graph_url=meta.url, store=store_url, agents_url=agents_url)
    path = config / "service.yaml"
    receiver = {"name": "crm", "url": company.url, "secret": SECRET}
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"webhooks": [receiver]}))
    first, second = Service(config), Service(config)
    try:
        await first.start()
        meta.point_at(first.webhook_url)
        await second.start()
        yield first, second
    finally:
        await first.close()
        await second.close()


async def test_every_event_through_an_outage(
    services: tuple[Service, Service], meta: RunningSimulator, company: Company
) -> None:
    """In the order of each conversation. People get their answers meanwhile."""
    await meta.write("before")
    await eventually(lambda: "answered" in company.kinds(ANA))
    company.is_away = True
    await meta.write("during")
    await meta.write("during", number=BEN)
    await eventually(lambda: meta.answers(number=BEN))
    await eventually(lambda: company.tries >= 5)
    company.is_away = False

    for person in (ANA, BEN):
        await eventually(lambda person=person: company.kinds(person).count("answered") == (2 if person == ANA else 1))

    assert company.kinds(ANA).count("received") == 2
    assert all(ids == sorted(ids, key=_number) for ids in company.first_ids().values())


async def test_a_process_that_is_killed(
    services: tuple[Service, Service], meta: RunningSimulator, company: Company
) -> None:
    """Another one goes on with what the company has not taken, in the same order."""
    first, second = services
    company.is_away = True
    for number in range(5):
        await meta.write(f"message {number}")
    await eventually(lambda: company.tries >= 3)
    await first.kill()
    meta.point_at(second.webhook_url)
    await meta.write("afterwards", number=BEN)
    company.is_away = False

    await eventually(lambda: company.kinds(ANA).count("received") == 5)
    await eventually(lambda: "answered" in company.kinds(BEN))

    assert all(ids == sorted(ids, key=_number) for ids in company.first_ids().values())


async def test_a_dead_event_is_found_and_replayed(
    services: tuple[Service, Service], company: Company, store_url: str
) -> None:
    """On the command line, and over HTTP."""
    first, _ = services
    activity = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.5, conversation=f"whatsapp:{ANA}")
    store = StoreConnections.to(store_url)
    record = {"id": "15-0", "reason": "HTTP 503", "activity": msgspec.to_builtins(activity)}
    await store.commands.rpush("trunkline:{events:crm}:dead", json.dumps(record))
    await store.aclose()
    operator = {"Authorization": "Bearer fake-admin-token"}

    async def dead() -> list[dict[str, Any]]:
        answer = await first.http.get(f"{first.url}/v1/webhooks/crm/dead-events", headers=operator)
        return list(answer.raise_for_status().json())

    (letter,) = await eventually(dead)
    listed = await trunkline("webhooks", "dead", "crm", "--json", "--config-dir", str(first.config_dir))
    assert [one["id"] for one in json.loads(listed.stdout)] == [letter["id"]]
    assert (letter["kind"], letter["reason"]) == ("received", "HTTP 503")
    replayed = await trunkline("webhooks", "replay", "crm", letter["id"], "--config-dir", str(first.config_dir))
    assert replayed.stdout == f"replayed {letter['id']}\n"

    await eventually(lambda: "received" in company.kinds(ANA))
    assert await dead() == []
    unknown = await first.http.delete(f"{first.url}/v1/webhooks/crm/dead-events/1-0", headers=operator)
    assert unknown.status_code == 404
    assert (await first.http.get(f"{first.url}/v1/webhooks", headers=operator)).json() == [
        {"name": "crm", "dead_events": 0}
    ]


async def test_a_message_is_followed_by_the_id_of_its_request(
    services: tuple[Service, Service], meta: RunningSimulator
) -> None:
    """From the send to the read tick."""
    first, _ = services
    operator = {"Authorization": "Bearer fake-admin-token", "Idempotency-Key": "order-1"}
    await meta.write("hello")
    await eventually(meta.answers)
    messages = f"{first.url}/v1/channels/whatsapp/messages"
    request = {"to": ANA, "messages": [{"text": "Your parcel is here."}]}
    queued = (await first.http.post(messages, json=request, headers=operator)).raise_for_status().json()

    async def statuses() -> list[str]:
        answer = await first.http.get(f"{messages}/{queued['turn_id']}", headers=operator)
        return [part["status"] for part in answer.json().get("messages", ())]

    await eventually(statuses)
    (await meta.http.post(f"/phone/{ANA}/read")).raise_for_status()

    async def is_read() -> bool:
        return await statuses() == ["read"]

    await eventually(is_read)
    unknown = await first.http.get(f"{messages}/sent-unknown", headers=operator)
    assert unknown.json()["type"] == "urn:trunkline:problem:unknown-message"


def _number(event_id: str) -> tuple[int, ...]:
    return tuple(map(int, event_id.split("-")))
