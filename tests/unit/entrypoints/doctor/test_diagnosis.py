"""What `trunkline doctor` examines, and when it finds nothing."""

import asyncio

import httpx

from application.ports.backlog import Backlog
from application.ports.store import StoreDefect
from entrypoints.doctor import Status
from support.doctor import FakeRuntime, examine


async def test_a_sound_installation_has_no_problems() -> None:
    found = await examine()

    assert list(found) == [
        "configuration",
        "proposals",
        "usage",
        "transcripts",
        "whatsapp: API version",
        "store",
        "agents",
        "whatsapp: agent",
        "whatsapp: token and number",
        "whatsapp: webhook",
    ]
    assert {(finding.status, finding.fix) for findings in found.values() for finding in findings} == {(Status.OK, "")}


async def test_offline_connects_to_nothing() -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise AssertionError("connected")

    async def defects() -> tuple[StoreDefect, ...]:
        raise AssertionError("connected")

    found = await examine(
        answer=unreachable,
        store_defects=defects,
        runtime=FakeRuntime(failure=AssertionError("connected")),
        offline=True,
    )

    assert list(found) == ["configuration", "proposals", "usage", "transcripts", "whatsapp: API version"]


async def test_the_store_is_asked_by_one_check_at_a_time() -> None:
    """The first one opens it for the others."""
    opened: list[str] = []

    async def hold[T](name: str, found: T) -> T:
        assert not opened, f"{opened} and {name} at the same time"
        opened.append(name)
        await asyncio.sleep(0)
        opened.remove(name)
        return found

    found = await examine(
        store_defects=lambda: hold("defects", ()),
        backlog=lambda: hold("backlog", Backlog()),
        operators=lambda: hold("operators", ()),
    )

    assert [finding.status for finding in found["store"]] == [Status.OK]
