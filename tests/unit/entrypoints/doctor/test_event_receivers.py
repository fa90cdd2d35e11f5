"""Whether something answers at the addresses that get events."""

import httpx

from entrypoints.doctor.event_receivers import event_receivers
from entrypoints.doctor.findings import Status
from entrypoints.settings import ServiceSettings, Settings
from entrypoints.settings.event_receivers import EventReceiverSettings
from entrypoints.settings.secret import Secret

SECRET = (Secret("a" * 16),)


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.host == "away.example":
        raise httpx.ConnectError("refused")
    return httpx.Response(405)


async def test_each_address_is_asked() -> None:
    """Whatever it answers is right. One that is away is a warning: its events wait."""
    receivers = tuple(
        EventReceiverSettings(name=name, url=f"https://user:password@{name}.example", secret=SECRET)
        for name in ("here", "away")
    )
    settings = Settings(service=ServiceSettings(webhooks=receivers), channels=())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        here, away = await event_receivers(settings, client)

    assert (here.name, here.status) == ("webhooks: here", Status.OK)
    assert (away.status, "ConnectError" in away.message) == (Status.WARNING, True)
    assert "password" not in f"{here}{away}"
