"""A tool fetches the file that a person sent, at the address in the context of the run, from any process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from application.file_token import FileToken
from application.signed_tokens import TokenSigner
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from simulator.state.samples import sample
from support.polling import eventually
from support.ports import free_ports
from support.service import Service, trunkline, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store import embedded_store
from support.webhook_agents import SECRET, WebhookAgents, webhook_agents

TOOLS_SECRET = "not-a-real-secret-of-enough-length"
SIGNER = TokenSigner(secrets=(TOOLS_SECRET.encode(),))


@pytest.fixture
async def meta() -> AsyncIterator[RunningSimulator]:
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as simulator:
        yield simulator


@pytest.fixture
async def agent() -> AsyncIterator[WebhookAgents]:
    async with webhook_agents("whatsapp-assistant") as agent:
        yield agent


@pytest.fixture
async def services(tmp_path: Path, meta: RunningSimulator, agent: WebhookAgents) -> AsyncIterator[list[Service]]:
    """A worker's process and a web process on one store, with the same secret."""
    ports = free_ports(2)
    async with embedded_store(tmp_path / "store") as store:
        config = write_config(
            tmp_path / "config",
            graph_url=meta.url,
            store=store,
            agents_url="",
            keys={
                "agents": {"webhook": agent.url, "secret": SECRET, "allow_private": True},
                "tools": {"secret": TOOLS_SECRET, "files_url": f"http://127.0.0.1:{ports[1]}"},
            },
        )
        services = [Service(config, port=ports[0]), Service(config, role="web", port=ports[1])]
        try:
            for service in services:
                await service.start()
            meta.point_at(services[0].webhook_url)
            yield services
        finally:
            for service in services:
                await service.close()


async def file_of(meta: RunningSimulator, agent: WebhookAgents, **content: str) -> dict[str, Any]:
    """What the context of a run says of a document that Ana sends."""
    await meta.write_message(type="document", content=content)
    await eventually(lambda: agent.turns)
    (file,) = agent.turns[-1]["context"]["files"]
    return dict(file)


async def test_a_tool_fetches_a_file(services: list[Service], meta: RunningSimulator, agent: WebhookAgents) -> None:
    """Of another process than the one that ran the agent, as often as it wants."""
    file = await file_of(meta, agent, filename="bill.pdf")
    here = services[0].http

    answers = [await here.get(file["url"]) for _ in range(2)]

    assert (file["kind"], file["mime_type"], file["name"]) == ("document", "application/pdf", "bill.pdf")
    assert file["url"].startswith(services[1].url)
    for answer in answers:
        assert (answer.status_code, answer.content) == (200, sample("document").content)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith('attachment; filename="bill.pdf"')
        assert answer.headers["cache-control"] == "no-store"


async def test_other_addresses(services: list[Service], meta: RunningSimulator, agent: WebhookAgents) -> None:
    """Forged, expired, and of a file that the channel does not have."""
    file = await file_of(meta, agent)
    gone = FileToken(channel="whatsapp", media=Media(kind=MediaKind.IMAGE, id="1234567890"))
    addresses = {
        file["url"][:-1] + ("A" if file["url"][-1] != "A" else "B"): 403,
        f"{services[1].url}/v1/files/{gone.signed(SIGNER, expires_at=1)}": 410,
        f"{services[1].url}/v1/files/{gone.signed(SIGNER, expires_at=9e9)}": 404,
    }

    statuses = {url: (await services[0].http.get(url)).status_code for url in addresses}

    assert statuses == addresses


async def test_the_doctor_asks_the_address(services: list[Service]) -> None:
    """It finds the service there."""
    found = await trunkline("doctor", "--config-dir", str(services[0].config_dir))

    assert f"ok: tools: files: {services[1].url} hands out files" in found.stdout
    assert f"ok: agents: {await _agents_place(services[0])}" in found.stdout


async def _agents_place(service: Service) -> str:
    text = (service.config_dir / "service.yaml").read_text(encoding="utf-8")
    return text.partition("webhook: ")[2].split()[0].rstrip("/")
