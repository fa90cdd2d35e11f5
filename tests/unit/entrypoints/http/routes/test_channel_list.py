"""Operators list the channels, and see how each one does."""

from application.channels import Channels
from support.http_services import OPERATOR, FakeServices
from support.signed_channel import whatsapp


async def test_a_channel_with_what_it_can_do() -> None:
    """It sends, and nobody waits."""
    async with FakeServices().client() as client:
        answer = await client.get("/v1/channels", headers=OPERATOR)

    (channel,) = answer.json()
    assert answer.status_code == 200
    assert (channel["name"], channel["agent"]) == ("whatsapp", whatsapp().agent)
    assert channel["circuit_breaker"] == {
        "channel": "whatsapp",
        "state": "closed",
        "reason": None,
        "since": None,
        "retry_at": None,
    }
    assert (channel["waiting"], channel["oldest_seconds"], channel["fetching"]) == (0, None, "")


async def test_a_channel_that_is_stopped_or_not_fetched() -> None:
    """It says why."""
    behind = FakeServices()
    await behind.breaker.open(channel="whatsapp", reason="190", seconds=60)
    async with behind.client(fetching=lambda: {"whatsapp": "no answer"}) as client:
        (channel,) = (await client.get("/v1/channels", headers=OPERATOR)).json()

    assert (channel["circuit_breaker"]["state"], channel["circuit_breaker"]["reason"]) == ("open", "190")
    assert channel["fetching"] == "no answer"


async def test_no_channels() -> None:
    """The list is empty."""
    async with FakeServices().client(channels=Channels.of([])) as client:
        assert (await client.get("/v1/channels", headers=OPERATOR)).json() == []
