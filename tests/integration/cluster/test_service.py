"""The whole service on a cluster: people are answered, also when a primary dies."""

import asyncio

import pytest

from support.cluster import Cluster
from support.phone import Phone
from support.polling import eventually
from support.service import StartService
from support.simulator import RunningSimulator

PEOPLE = 8


@pytest.fixture
def store_url(cluster: Cluster) -> str:
    return cluster.url


@pytest.fixture
async def phones(meta: RunningSimulator) -> list[Phone]:
    """Their conversations are spread over the primaries."""
    phones = [Phone(meta=meta, number=f"1555100{number:04d}") for number in range(PEOPLE)]
    for phone in phones:
        (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    return phones


async def ask_all(phones: list[Phone], text: str) -> None:
    await asyncio.gather(*(phone.ask(text, seconds=60) for phone in phones))


@pytest.mark.timeout(240)
async def test_everybody_is_answered_while_a_primary_dies(
    cluster: Cluster, start_service: StartService, phones: list[Phone]
) -> None:
    """Once, and in order. Meta gets 503 in the meantime and delivers again. No error is published."""
    service = await start_service()
    await ask_all(phones, "before")

    await cluster.nodes[0].kill()
    await ask_all(phones, "meanwhile")
    await eventually(cluster.serves, seconds=60)
    await ask_all(phones, "after")

    expected = ["You said: before", "You said: meanwhile", "You said: after"]
    assert [await phone.heard() for phone in phones] == [expected] * PEOPLE
    assert '"level": "error"' not in service.log
