"""A process is killed while it erases a person: the same request, made again, finishes it."""

import httpx
import pytest

from support.crash_harness import CrashHarness
from support.phone import ADMIN
from support.recording_agent import parts_of
from support.simulator import ANA, BEN
from support.stored_words import keys_with


@pytest.mark.parametrize(
    "at",
    [
        "begin before 1",
        "add after 1",
        "fence before 1",
        "fence after 1",
        "sweep before 1",
        "sweep after 1",
        "finish before 1",
        "finish after 1",
    ],
)
async def test_nothing_is_left(at: str, harness: CrashHarness) -> None:
    """Wherever the process died. Others keep what is theirs, and the person may write again."""
    async with harness.web():
        harness.start()
        await harness.write("zanzibar")
        await harness.write("from bob", number=BEN)
        await harness.damage()
        erasing, other = harness.start(at, role="web"), harness.start(role="web")

        with pytest.raises(httpx.HTTPError):
            await erase(await erasing.address())
        await erasing.died()
        again = await erase(await other.address())
        left = await keys_with(harness.connections, ["zanzibar", "from bob"])
        await harness.write("afterwards")
        damage = await harness.damage()

    # When only the answer was lost, nothing is left to erase but the name of the session that is to be cleared.
    assert again.status_code in ({200, 404} if at == "finish after 1" else {200}), again.text
    assert {word for words in left.values() for word in words} == {"from bob"}
    assert damage.lost == damage.sent_twice == 0
    assert await harness.heard(number=BEN) == parts_of("from bob")


async def erase(address: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        return await http.delete(f"{address}/v1/persons/whatsapp:{ANA}", headers=ADMIN)
