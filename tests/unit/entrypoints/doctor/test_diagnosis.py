"""What `trunkline doctor` examines, and when it finds nothing."""

import httpx

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
