"""Whether something answers at the addresses that get events and approved proposals."""

import httpx

from entrypoints.doctor.findings import Status
from entrypoints.doctor.receivers import event_receivers, proposals_receiver
from entrypoints.settings import ServiceSettings, Settings
from entrypoints.settings.event_receivers import EventReceiverSettings
from entrypoints.settings.secret import Secret
from entrypoints.settings.webhooks import ProposalsSettings

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


async def test_the_receiver_of_proposals_is_asked() -> None:
    """Without an address there is none."""

    async def found(proposals: ProposalsSettings) -> list[tuple[Status, str]]:
        settings = Settings(service=ServiceSettings(proposals=proposals), channels=())
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return [(finding.status, finding.message) for finding in await proposals_receiver(settings, client)]

    here, away = (
        ProposalsSettings(url=f"https://user:password@{name}.example/orders", secret=SECRET)
        for name in ("here", "away")
    )

    assert await found(here) == [(Status.OK, "https://here.example/orders answers")]
    assert await found(away) == [(Status.WARNING, "https://away.example/orders does not answer (ConnectError)")]
    assert await found(ProposalsSettings()) == []
