"""What a running service and a real runtime tell each other: at a server behind a proxy that wants to know who calls,
and in process. The service and the runtime are started once; each test has a person of its own.
"""

import contextlib
import datetime as dt
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import yaml
from attrs import frozen
from redis.asyncio import Redis

from simulator.state.business import Person
from simulator.state.samples import sample
from support.astromesh import agent_file, served_agents, write_agents
from support.certificates import Certificates
from support.guarded_proxy import GuardedProxy, guarded_proxy
from support.model_server import Says, ScriptedModel, running_model
from support.polling import eventually
from support.ports import free_ports
from support.service import CREDENTIALS, Service, write_config
from support.simulator import APP_SECRET, RunningSimulator, running_simulator
from support.store import embedded_store
from support.whatsapp_messages import list_reply, text_message
from support.whatsapp_webhooks import contact, entry, envelope, sign, webhook

OPERATOR = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}
ADVERTISEMENT = {
    "source_url": "https://fb.me/x",
    "source_id": "120",
    "source_type": "ad",
    "headline": "Chairs",
    "body": "Cheap",
    "ctwa_clid": "ARAk",
}
# The keys of docs/agents.md, as a prompt sees them.
KEYS = (
    *("channel", "channel_type", "user", "contact_name", "message_ids", "turn_id", "choices", "choice_ids", "user_id"),
    *("username", "quoted_id", "referral", "conversation_summary", "identity", "sender", "sender_phone", "message_id"),
    *("is_new_conversation", "recibido_en", "fecha", "reply_to", "files"),
)
PROMPT = "{{ {" + ", ".join(f'"{key}": {key} or none' for key in KEYS) + "} | tojson }}"
PROXY_KEY = "not-a-real-key-of-a-proxy"
PER_PERSON = 0.001
# By Astromesh's price list, a million of its tokens cost 0.15 dollars.
PRICED = "gpt-4o-mini"


@frozen(kw_only=True)
class Installation:
    """A service, what plays Meta, and the model of its agents. `proxy` stands before the agents, unless in process."""

    service: Service
    meta: RunningSimulator
    model: ScriptedModel
    store_url: str
    proxy: GuardedProxy | None

    async def say(self, text: str, *, number: str) -> dict[str, Any]:
        """A person writes, and gets an answer. Returns the context of the run."""
        before = len(await self.meta.answers(number=number))
        await self.meta.write(text, number=number)
        await self.more_answers(before, number=number)
        return self.context_of(text)

    async def deliver(self, body: bytes) -> None:
        """Post what Meta says, signed."""
        headers = {"content-type": "application/json", **sign(body, APP_SECRET)}
        answer = await self.service.http.post(self.service.webhook_url, content=body, headers=headers)
        answer.raise_for_status()

    async def more_answers(self, before: int = 0, *, number: str) -> None:
        async def are_there() -> bool:
            return len(await self.meta.answers(number=number)) > before

        await eventually(are_there)

    def context_of(self, text: str) -> dict[str, Any]:
        """What the prompt of the latest run showed whose question ended in this text."""
        asked = next(query for query in reversed(self.model.queries) if query.endswith(text))
        return dict(json.loads(self.model.heard(asked)[0]["content"].splitlines()[0]))


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with running_model() as model:
        yield model


@pytest.fixture(scope="module", params=["http", "embedded"])
async def installed(
    request: pytest.FixtureRequest, model: ScriptedModel, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """The agent's model has a price, its memory is in the store, and its tool fetches from the service."""
    directory, (port,) = tmp_path_factory.mktemp(request.param), free_ports(1)
    primary = {"provider": "openai_compat", "model": PRICED, "endpoint": model.url, "api_key": "none-needed"}
    agent = agent_file(
        "whatsapp-assistant",
        prompts={"system": PROMPT},
        model={"primary": primary},
        memory={"conversational": {"backend": "redis", "strategy": "sliding_window", "max_turns": 4}},
        tools=[{"type": "integration", "name": "http", "connection": "trunkline", "actions": ["get"]}],
    )
    connections = {"connections": {"trunkline": {"base_url": f"http://127.0.0.1:{port}", "api_key": "none-needed"}}}
    async with contextlib.AsyncExitStack() as stack:
        people = [Person(number=f"1555000700{number}", name="Ana") for number in range(1, 9)]
        meta = await stack.enter_async_context(running_simulator(webhook_url="http://127.0.0.1:9/none", people=people))
        store = await stack.enter_async_context(embedded_store(directory / "store"))
        agents: dict[str, object] = {"embedded": True}
        proxy = None
        if request.param == "http":
            written = write_agents(directory / "agents", agent)
            (written / "connections.yaml").write_text(yaml.safe_dump(connections), encoding="utf-8")
            variables = {"ASTROMESH_CONFIG_DIR": str(written), "TRUNKLINE_STORE": store}
            server = stack.enter_context(
                served_agents("--factory", "adapters.astromesh.server:create_app", work_dir=directory, **variables)
            )
            certificates = Certificates.issue(directory / "certificates")
            proxy = await stack.enter_async_context(guarded_proxy(server, key=PROXY_KEY, certificates=certificates))
            agents = {
                "url": proxy.url,
                "api_key": PROXY_KEY,
                "headers": {"X-Tenant": "acme"},
                "ca_file": str(certificates.authority),
                "client_certificate": str(certificates.certificate),
                "client_key": str(certificates.key),
            }
        tools = {"secret": "not-a-real-secret-of-enough-length", "files_url": f"http://127.0.0.1:{port}"}
        config = write_config(
            directory / "config",
            graph_url=meta.url,
            store=store,
            agents_url="",
            keys={"agents": agents, "tools": tools},
            budget={"per_person_per_day": PER_PERSON},
        )
        (write_agents(config, agent) / "connections.yaml").write_text(yaml.safe_dump(connections), encoding="utf-8")
        service = Service(config, port=port)
        stack.push_async_callback(service.close)
        await service.start()
        meta.point_at(service.webhook_url)
        yield Installation(service=service, meta=meta, model=model, store_url=store, proxy=proxy)


async def test_the_makers_keys(installed: Installation) -> None:
    """What agents know that were made for the makers' own gateway. What we add to it stands beside."""
    number = "15550007001"
    first = await installed.say("Good morning", number=number)
    greeting = (await installed.meta.thread(number=number))[-1]
    await installed.meta.write_message(number=number, text="What did you say?", reply_to=greeting["id"])
    await installed.more_answers(1, number=number)
    second = installed.context_of("What did you say?")

    assert (first["sender"], first["sender_phone"], first["user"]) == (number, number, number)
    assert (first["channel"], first["channel_type"]) == ("whatsapp", "whatsapp")
    assert first["message_ids"] == [first["message_id"]]
    assert (first["is_new_conversation"], second["is_new_conversation"]) == (True, None)
    assert first["fecha"] == first["recibido_en"][:10]
    assert abs(dt.datetime.fromisoformat(first["recibido_en"]) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert first["reply_to"] is None
    assert second["quoted_id"] == greeting["id"]
    quoted = second["reply_to"]
    assert (quoted["texto"], quoted["message_id"]) == ("You said: Good morning", greeting["id"])
    assert quoted["del_bot"]
    assert quoted["enviado_el"].startswith("20")


async def test_what_meta_knows_beside_a_message(installed: Installation) -> None:
    """What led the person here, their names, the summary of another agent, the identity check, the whole choice."""
    number, user_id = "15550007002", "US.13491208655302741918"
    known = contact(phone=number, user_id=user_id)
    known["profile"]["username"] = "ana.example"
    chosen = list_reply(sender=number, wamid="wamid.facts.2", context={"id": "wamid.out.of.before"})
    asked = text_message(
        "I come from your advertisement",
        sender=number,
        wamid="wamid.facts.1",
        referral=ADVERTISEMENT,
        identity={"hash": "abc=", "acknowledged": True, "created_timestamp": "1750000000"},
    )
    summary = {"type": "summary", "summary": {"text": "They want a chair."}}

    await installed.deliver(webhook(asked, contacts=[known], conversation_context=summary))
    await installed.more_answers(number=number)
    await installed.deliver(webhook(chosen, contacts=[known]))
    await installed.more_answers(1, number=number)
    first, second = installed.context_of("I come from your advertisement"), installed.context_of("Tuesday")

    assert first["referral"] == {"kind": "advertisement", **ADVERTISEMENT}
    assert (first["contact_name"], first["username"], first["user_id"]) == ("Ana", "ana.example", user_id)
    assert first["conversation_summary"] == "They want a chair."
    assert first["identity"] == {"hash": "abc=", "acknowledged": True}
    assert second["choices"] == [{"id": "day-2", "title": "Tuesday", "description": "in the morning"}]
    assert (second["choice_ids"], second["quoted_id"]) == (["day-2"], "wamid.out.of.before")


async def test_another_app_takes_the_conversation(installed: Installation) -> None:
    """No run from then on, until it passes the conversation back."""
    number = "15550007003"
    await installed.say("Is anybody there?", number=number)
    control = {
        "sender": {"phone_number": number},
        "recipient": {"phone_number_id": installed.meta.simulator.business.phone_number_id},
    }

    async def hand_over(kind: str) -> None:
        value = {"type": kind, "timestamp": str(int(time.time())), kind: {}, **control}
        await installed.deliver(envelope(entry({"field": "messaging_handovers", "value": value})))

    await hand_over("control_taken")
    await installed.meta.write("Silence, please", number=number)
    page = f"{installed.service.url}/v1/conversations/whatsapp:{number}"
    await eventually(lambda: _is_held(installed, page))
    await hand_over("control_passed")
    await installed.say("And now?", number=number)

    assert "Silence, please" not in installed.model.queries
    assert len(await installed.meta.answers(number=number)) == 2


async def _is_held(installed: Installation, page: str) -> bool:
    """Whether a message came, and waits for a human."""
    events = await installed.service.http.get(f"{page}/messages", headers=OPERATOR)
    return "Silence, please" in events.text and '"held"' in events.text


async def test_one_message_for_each_mark(installed: Installation) -> None:
    """As the makers' gateway splits them. Blank ones are left out."""
    number = "15550007004"
    installed.model.script["three, please"] = Says(text="One.[[+]]\n\n[[+]]Two.\n[[+]]\nThree.")

    await installed.meta.write("three, please", number=number)
    await installed.more_answers(2, number=number)

    assert await installed.meta.answers(number=number) == ["One.", "Two.", "Three."]


async def test_a_tool_opens_a_file(installed: Installation) -> None:
    """The address in the context works without credentials. The model reads what the tool fetched."""
    number = "15550007005"

    def fetch(messages: list[dict[str, Any]]) -> tuple[str, dict[str, str]]:
        (file,) = json.loads(messages[0]["content"].splitlines()[0])["files"]
        return "http_get", {"path": "/" + file["url"].split("/", 3)[3]}

    document = "[sent a document bill.txt; it cannot be looked at here]"
    installed.model.script[document] = Says(text="I have read it.", calls=fetch)
    await installed.meta.write_message(number=number, type="document", content={"filename": "bill.txt"})
    await installed.more_answers(number=number)

    assert await installed.meta.answers(number=number) == ["I have read it."]
    result = installed.model.requests[-1]["messages"][-1]
    assert result["role"] == "tool"
    assert str(sample("document").content[:5].decode()) in result["content"]


async def test_what_runs_cost(installed: Installation) -> None:
    """Counted once for each turn. Most of the budget is warned of, and beyond it no agent is asked."""
    number, spent = "15550007006", 6_000
    installed.model.script["a long question"] = Says(text="A long answer.", tokens=spent)

    for _ in range(2):
        await installed.say("a long question", number=number)
    await installed.meta.write("one more", number=number)
    await installed.more_answers(2, number=number)

    assert (await installed.meta.answers(number=number))[-1].startswith("We can answer no more messages")
    assert "one more" not in installed.model.queries
    used = (await installed.service.http.get(f"{installed.service.url}/v1/usage?by=model", headers=OPERATOR)).json()
    (item,) = used["items"]
    assert item["model"] == PRICED
    assert item["tokens_in"] >= 2 * spent
    assert item["cost"] == pytest.approx(item["tokens_in"] * 0.15e-6 + item["tokens_out"] * 0.6e-6)
    assert "80 % of the budget of a person of channel whatsapp is used" in installed.service.log
    metrics = (await installed.service.http.get(f"{installed.service.url}/metrics")).text
    assert f'agent="whatsapp-assistant",channel="whatsapp",direction="in",model="{PRICED}"' in metrics


async def test_a_new_session_clears_the_old_one(installed: Installation) -> None:
    """In the memory of the runtime, which is in the store."""
    number = "15550007007"
    async with Redis.from_url(installed.store_url) as store:
        await installed.say("My name is Ana.", number=number)
        assert await store.exists(f"conv:{number}")

        await installed.meta.write("/new", number=number)
        await installed.more_answers(1, number=number)
        await installed.say("What is my name?", number=number)

        await eventually(lambda: _is_gone(store, f"conv:{number}"))
    said = [message["content"] for message in installed.model.heard("What is my name?")]
    assert said[1:] == ["What is my name?"]


async def _is_gone(store: Redis, key: str) -> bool:
    return not await store.exists(key)


async def test_who_calls(installed: Installation) -> None:
    """Each call has the key, the headers and the certificate of the configuration, and a run the id of its turn."""
    context = await installed.say("Who is calling?", number="15550007008")

    ready = await installed.service.http.get(f"{installed.service.url}/readyz")
    assert ready.status_code == 200
    if installed.proxy is not None:
        assert installed.proxy.refused == 0
        headers = installed.proxy.runs[-1]
        assert (headers["x-tenant"], headers["idempotency-key"]) == ("acme", context["turn_id"])
    assert PROXY_KEY not in installed.service.log
