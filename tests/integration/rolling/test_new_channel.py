"""An update that adds a channel replaces the processes one after the other, while people write."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import yaml
from attrs import frozen

from support.phone import Phone, dead_letters
from support.polling import eventually
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator

PEOPLE = 12


@frozen(kw_only=True)
class Update:
    """Starts processes with the configuration from before the update, and with that from after it."""

    directory: Path
    write: Callable[[Path], Path]
    stack: AsyncExitStack

    async def start(self, *, role: str, knows: bool) -> Service:
        """A process that `knows` the new channel, or does not."""
        config = self.write(self.directory / f"{role}-{knows}")
        if not knows:
            path = config / "channels.yaml"
            entry = yaml.safe_load(path.read_text())["channels"]["whatsapp"]
            old = {"whatsapp-old": {**entry, "type": "whatsapp", "phone_number_id": "100000000000009"}}
            path.write_text(yaml.safe_dump({"channels": old}))
        return await self.stack.enter_async_context(running_service(config, role=role))


@pytest.fixture
async def update(tmp_path: Path, store_url: str, agents_url: str, meta: RunningSimulator) -> AsyncIterator[Update]:
    def write(directory: Path) -> Path:
        return write_config(directory, graph_url=meta.url, store=store_url, agents_url=agents_url)

    async with AsyncExitStack() as stack:
        yield Update(directory=tmp_path, write=write, stack=stack)


async def test_no_message_of_a_new_channel_is_lost(update: Update, meta: RunningSimulator) -> None:
    """At first no worker knows the channel, then one of two, at last the old one stops. There is no dead letter."""
    phones = [Phone(meta=meta, number=f"1555700{number:04}") for number in range(PEOPLE)]
    for phone in phones:
        (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    old = await update.start(role="worker", knows=False)
    web = await update.start(role="web", knows=True)
    meta.point_at(web.webhook_url)

    await asyncio.gather(*(phone.write("one") for phone in phones))
    await eventually(lambda: _left(old, at_least=2 * PEOPLE))
    await update.start(role="worker", knows=True)
    await asyncio.gather(*(phone.write("two") for phone in phones))
    await _all_heard(phones, "two")
    await asyncio.gather(*(phone.write("three") for phone in phones))
    await old.close()
    await _all_heard(phones, "three")

    assert await dead_letters(web) == []
    for phone in phones:
        heard = " ".join(await phone.heard())
        assert [heard.count(word) for word in ("one", "two", "three")] == [1, 1, 1]
        assert heard.index("one") < heard.index("two") < heard.index("three")
    assert '"level": "error"' not in old.log


async def _left(worker: Service, *, at_least: int) -> bool:
    """Whether the worker has left so many turns to others."""
    shown = (await worker.http.get(f"{worker.url}/metrics")).text
    counted = [line for line in shown.splitlines() if "turns_total" in line and 'outcome="deferred"' in line]
    return sum(float(line.rsplit(" ", 1)[1]) for line in counted) >= at_least


async def _all_heard(phones: list[Phone], word: str) -> None:
    async def heard() -> bool:
        return all([word in " ".join(await phone.heard()) for phone in phones])

    await eventually(heard, seconds=60)
