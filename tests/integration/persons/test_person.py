"""A person's data is shown, exported and erased: afterwards no key and no file of the store has any of it."""

import asyncio
import getpass
import json
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from attrs import frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.embedded import EmbeddedStore
from support.operators import Operators
from support.phone import ADMIN, Phone, dead_letters
from support.polling import eventually
from support.privacy import key_in_table, keys_in_table
from support.recording_agent import RecordingAgent, recording_agent
from support.service import Service, running_service, trunkline, write_config
from support.simulator import BEN, RunningSimulator
from support.stored_words import files_with, keys_with, uncompressed
from support.whatsapp_messages import Json

# In nothing else than what is Zoe's.
WRITTEN = (
    "zanzibar-text",
    "zanzibar-quote",
    "zanzibar-caption",
    "zanzibar-file.pdf",
    "zanzibar-answer",
    "zanzibar-operator",
    "zanzibar-order",
    "zanzibar-dead",
)
WORDS = (*WRITTEN, "Zoe Zanzibar")
PROPOSAL: Json = {
    "tool": "shop_create_order",
    "tipo": "api",
    "destino": "shop",
    "operacion": "create_order",
    "argumentos": {"what": "zanzibar-order"},
}
ZOE = "15550007777"
NAME = f"whatsapp:+{ZOE}"


@frozen(kw_only=True)
class Office:
    """`files` is the directory of the service's data, with the files of its store."""

    service: Service
    meta: RunningSimulator
    agent: RecordingAgent
    store: StoreConnections
    files: Path


@pytest.fixture
async def office(tmp_path: Path, meta: RunningSimulator) -> AsyncIterator[Office]:
    """The embedded store writes its append-only file. What agents propose is kept, and delivered to nobody."""
    async with recording_agent() as agent:
        nobody = {"url": "http://127.0.0.1:9/", "secret": "a-secret-of-the-company"}
        config = write_config(
            tmp_path / "config",
            graph_url=meta.url,
            store="embedded",
            agents_url=agent.url,
            keys={"proposals": nobody},
            rate_limit={"window_seconds": 60, "max_messages": 1000},
        )
        async with running_service(config) as service:
            meta.point_at(service.webhook_url)
            files = config / "data"
            store = StoreConnections.to(EmbeddedStore(directory=files / "store").url)
            await uncompressed(store)
            yield Office(service=service, meta=meta, agent=agent, store=store, files=files)
            await store.aclose()


async def settled(office: Office, *, runs: int) -> None:
    """Wait until the agent was asked so often, and every turn has ended."""
    await office.agent.asked(runs)

    async def idle() -> bool:
        return not await office.store.commands.hlen("trunkline:{0}:tokens")

    await eventually(idle)


async def write_everything(office: Office) -> None:
    """Something of Zoe in every way that the service keeps words. Bob writes before and after."""
    zoe, bob, agent = Phone(meta=office.meta, number=ZOE), Phone(meta=office.meta, number=BEN), office.agent
    (await office.meta.http.put(f"/phone/{ZOE}", json={"name": "Zoe Zanzibar"})).raise_for_status()
    await bob.write("bob before")
    await settled(office, runs=1)
    agent.more, agent.proposals = "zanzibar-answer", [PROPOSAL]
    first = await zoe.write("zanzibar-text")
    await settled(office, runs=2)
    agent.proposals = []
    await zoe.send(text="zanzibar-quote", reply_to=first)
    await settled(office, runs=3)
    await zoe.send("document", content={"caption": "zanzibar-caption", "filename": "zanzibar-file.pdf"})
    await settled(office, runs=4)
    sent = await Operators(office.service).write({"text": "zanzibar-operator"}, key="order-1", to=ZOE)
    sent.raise_for_status()
    await eventually(lambda: _heard(zoe, "zanzibar-operator"))
    agent.refused = "zanzibar-dead"
    await zoe.write("zanzibar-dead")
    await eventually(lambda: dead_letters(office.service))
    agent.more = ""
    await bob.write("bob after")
    await settled(office, runs=6)
    await eventually(lambda: _all_arrived(office))


async def _heard(phone: Phone, text: str) -> bool:
    return text in await phone.heard()


async def person(office: Office, *arguments: str) -> "CompletedProcess[str]":
    return await trunkline("person", *arguments, "--config-dir", str(office.service.config_dir))


async def _all_arrived(office: Office) -> bool:
    """Whether a status has come for each message of ours."""
    entries = [*await transcript(office, ZOE), *await transcript(office, BEN)]
    return {entry["status"] for entry in entries if entry["direction"] == "out"} == {"delivered"}


async def transcript(office: Office, number: str) -> list[Json]:
    url = f"{office.service.url}/v1/conversations/whatsapp:{number}/messages"
    return list((await office.service.http.get(url, headers=ADMIN)).raise_for_status().json()["items"])


async def actions(office: Office) -> list[tuple[str, str, str, str]]:
    """Who did what with whom, and how it ended, from the audit log, the first first."""
    answer = await office.service.http.get(f"{office.service.url}/v1/audit", headers=ADMIN)
    names = ("operator", "action", "conversation", "outcome")
    return [tuple(item[name] for name in names) for item in reversed(answer.json()["items"])]  # type: ignore[misc]


async def test_on_the_command_line(office: Office) -> None:
    """The export has every word. After the erasure nothing has any: no key, no file, no log; Bob keeps everything."""
    await write_everything(office)
    of_bob = await transcript(office, BEN)
    before = await keys_with(office.store, (*WORDS, ZOE))
    in_files = files_with(office.files, WORDS)
    families = {key_in_table(key) async for key in office.store.commands.scan_iter()}

    shown = await person(office, "show", NAME, "--json")
    exported = await person(office, "export", NAME)
    erased = await person(office, "erase", NAME, "--yes")
    await eventually(lambda: len(office.agent.forgotten) >= 1)
    await eventually(lambda: _is_unknown(office))

    assert families - keys_in_table() == set()
    assert {word for words in before.values() for word in words} == {*WORDS, ZOE}
    assert {word for words in in_files.values() for word in words} == set(WORDS)
    kinds = {record["kind"] for record in json.loads(exported.stdout)["records"]}
    assert kinds == set(json.loads(shown.stdout)["records"])
    assert {"transcript_entry", "dead_letter", "proposal", "text", "status", "event", "request", "state"} <= kinds
    assert [word for word in WORDS if word not in exported.stdout] == []
    assert (erased.returncode, erased.stderr) == (0, "")
    assert erased.stdout.startswith(f"whatsapp:{ZOE} is erased\n")
    assert await keys_with(office.store, (*WORDS, ZOE)) == {"trunkline:audit": {ZOE}}
    assert files_with(office.files, WORDS) == {}
    assert not any(word in office.service.log for word in WORDS)
    assert set(office.agent.forgotten) == {("whatsapp-assistant", ZOE)}
    assert [entry for entry in await actions(office) if "person" in entry[1]][:3] == [
        (getpass.getuser(), action, f"whatsapp:{ZOE}", "done")
        for action in ("show_person", "export_person", "erase_person")
    ]
    assert await transcript(office, BEN) == of_bob
    assert "bob before" in json.dumps(of_bob)
    assert files_with(office.files, ["bob before"]) != {}


async def _is_unknown(office: Office) -> bool:
    """Nothing is left, when the runtime has cleared its memory, too."""
    return (await person(office, "show", NAME)).stderr == f"Error: nothing is stored of whatsapp:{ZOE}\n"


async def test_over_http_while_they_write(office: Office) -> None:
    """What came before is gone, whole. From one message on, all are kept and answered, in order, as somebody new's."""
    url = f"{office.service.url}/v1/persons/{NAME}"
    await write_everything(office)
    office.agent.open.clear()
    await office.meta.write("zanzibar-text", number=ZOE)
    await office.agent.asked(7)
    of_before = len(office.agent.runs)

    erasing = asyncio.create_task(office.service.http.delete(url, headers=ADMIN, timeout=60))
    office.agent.open.set()
    written = []
    while not erasing.done():
        written.append(f"later {len(written)}")
        await office.meta.write(written[-1], number=ZOE)
        await asyncio.wait({erasing}, timeout=0.03)
    erased = await erasing
    written.append("the last")
    await office.meta.write("the last", number=ZOE)
    await eventually(lambda: "the last" in office.agent.queries[-1])
    await settled(office, runs=of_before)
    kept = [entry["text"] for entry in await transcript(office, ZOE) if entry["author"] == "person"]
    answered = [line for query in office.agent.queries[of_before:] for line in query.splitlines()]

    assert (erased.status_code, erased.json()["conversations"]) == (200, [f"whatsapp:{ZOE}"]), erased.text
    assert await keys_with(office.store, WRITTEN) == {}
    assert kept == written[-len(kept) :]
    assert answered[-len(kept) :] == kept
    assert len(answered) == len(set(answered))
    assert "bob before" in json.dumps(await transcript(office, BEN))
    assert ("admin", "erase_person", f"whatsapp:{ZOE}", "done") in await actions(office)
