"""One lasting installation, and phones of their own in front of it for each test."""

import itertools
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from support.installation import Install, Installation, running_installation
from support.model_server import ScriptedModel
from support.operators import Operators
from support.phone import Phone
from support.service import Service
from support.simulator import RunningSimulator

_numbers = itertools.count(2_000_001)


@pytest.fixture(scope="session")
def install(tmp_path_factory: pytest.TempPathFactory, agents_url: str, model: ScriptedModel) -> Install:
    """Sets up an installation whose channel has these keys beside the guide's."""
    settings = {
        "agents": {"url": agents_url},
        "transcriber": {"url": model.url, "model": "scripted"},
        "worker": {"confirm_seconds": 0.5},
    }

    def run(**channel: object) -> AbstractAsyncContextManager[Installation]:
        return running_installation(tmp_path_factory.mktemp("whatsapp"), settings=settings, **channel)

    return run


@pytest.fixture(scope="session")
async def installation(install: Install) -> AsyncIterator[Installation]:
    """With a command for a human."""
    texts = {"handed_over": "A colleague will answer."}
    async with install(commands={"human": ["colleague, please"]}, texts=texts) as installation:
        yield installation


@pytest.fixture(scope="session")
async def other_installation(install: Install) -> AsyncIterator[Installation]:
    """With a template for late answers. Its number may be stopped without an effect on other tests."""
    template = {"name": "we_are_back", "language": "en_US"}
    async with install(late_template=template, whatsapp_business_account_id="200000000000001") as installation:
        yield installation


@pytest.fixture
def meta(installation: Installation) -> RunningSimulator:
    return installation.meta


@pytest.fixture
def service(installation: Installation) -> Service:
    return installation.service


@pytest.fixture
def operators(service: Service) -> Operators:
    return Operators(service)


async def new_phone(meta: RunningSimulator, *, hides_number: bool = False) -> Phone:
    """A new person. The faults of the last test are over. Links are not fetched, because they lead nowhere."""
    await meta.control(fetch_links=False, status_delay_seconds=0)
    phone = Phone(meta=meta, number=f"1555{next(_numbers)}")
    owner = {"name": "Somebody", "hides_number": hides_number}
    (await meta.http.put(f"/phone/{phone.number}", json=owner)).raise_for_status()
    return phone


@pytest.fixture
async def phone(meta: RunningSimulator) -> Phone:
    return await new_phone(meta)


@pytest.fixture
async def other_phone(meta: RunningSimulator) -> Phone:
    return await new_phone(meta)


@pytest.fixture
async def hidden_phone(meta: RunningSimulator) -> Phone:
    """A new person who hides the phone number."""
    return await new_phone(meta, hides_number=True)
