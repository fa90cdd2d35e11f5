"""A simulator and a tiny business, both over real sockets."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from support.browser import phone_in
from support.simulated_bot import FakeBot, fake_bot
from support.simulator import FakeBusiness, RunningSimulator, fake_business, running_simulator


@pytest.fixture
async def business() -> AsyncIterator[FakeBusiness]:
    async with fake_business() as running:
        yield running


@pytest.fixture
async def meta(business: FakeBusiness) -> AsyncIterator[RunningSimulator]:
    async with running_simulator(webhook_url=business.url, notice="Answers come from a test") as running:
        yield running


@pytest.fixture
async def bot(meta: RunningSimulator) -> AsyncIterator[FakeBot]:
    async with fake_bot(meta) as running:
        yield running


@pytest.fixture
async def page(window: Page, meta: RunningSimulator) -> AsyncIterator[Page]:
    async with phone_in(window, meta.url):
        yield window
