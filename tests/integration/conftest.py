"""The parts of the whole trip, all real: Valkey, an Astromesh server, the simulator as Meta, a service process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from support.astromesh import agent_file, running_astromesh, write_agents
from support.browser import running_browser
from support.model_server import ScriptedModel, running_model
from support.service import Service, StartService, running_service, write_config
from support.simulator import RunningSimulator, running_simulator
from support.store import embedded_store

REAL_MODEL = {"model": {"primary": {"provider": "openai_compat", "model": "scripted"}}}


@pytest.fixture(scope="session")
def model() -> Iterator[ScriptedModel]:
    """The language model; each test puts its answers into `script`."""
    with running_model() as model:
        yield model


@pytest.fixture(scope="session")
def agents_url(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> Iterator[str]:
    """An Astromesh server with the agents of these tests."""
    directory = tmp_path_factory.mktemp("astromesh")
    config = write_agents(
        directory / "config",
        agent_file("whatsapp-assistant", **REAL_MODEL),
        agent_file("other-assistant", **REAL_MODEL),
    )
    with running_astromesh(config, work_dir=directory, model_url=model.url) as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
async def window(browser: Browser) -> Page:
    """For one page after the other: a new one takes the browser three times as long as to load one of ours."""
    return await browser.new_page()


@pytest.fixture
async def store_url(tmp_path: Path) -> AsyncIterator[str]:
    async with embedded_store(tmp_path / "store") as url:
        yield url


@pytest.fixture
async def meta() -> AsyncIterator[RunningSimulator]:
    """Meta and the phones; its webhook is set once the service runs."""
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as simulator:
        yield simulator


@pytest.fixture
async def start_service(
    tmp_path: Path, store_url: str, agents_url: str, meta: RunningSimulator
) -> AsyncIterator[StartService]:
    """Starts a service process, with `channel` keys of its own, and makes it Meta's webhook."""
    async with AsyncExitStack() as stack:
        count = 0

        async def start(*, role: str = "all", agents: str = agents_url, **channel: object) -> Service:
            nonlocal count
            count += 1
            config = write_config(
                tmp_path / f"config-{count}", graph_url=meta.url, store=store_url, agents_url=agents, **channel
            )
            service = await stack.enter_async_context(running_service(config, role=role))
            if role != "worker":
                meta.point_at(service.webhook_url)
            return service

        yield start
