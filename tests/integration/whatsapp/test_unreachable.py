"""Meta's Graph API cannot be reached: the network is down, or the name does not resolve."""

from support.installation import Install
from support.operators import Operators
from support.phone import Phone, dead_letters, post
from support.polling import eventually
from support.ports import free_ports
from support.simulator import ANA, running_simulator


async def test_nothing_is_lost_while_meta_cannot_be_reached(install: Install) -> None:
    """For any time. Afterwards everything is sent, at once if an operator requests it."""
    (port,) = free_ports(1)
    async with install(api_url=f"http://127.0.0.1:{port}") as installation:
        service, operators = installation.service, Operators(installation.service)
        phone = Phone(meta=installation.meta, number=ANA)
        await post(service, phone.text("Are you there?", wamid="wamid.away.1"))
        stopped = await operators.event("stopped", reason="no connection")

        async with running_simulator(webhook_url=service.webhook_url, port=port) as meta:
            back = Phone(meta=meta, number=ANA)
            await operators.close_circuit_breaker()
            assert await eventually(back.heard, seconds=30) == ["You said: Are you there?"]

        assert stopped["channel"] == "whatsapp"
        assert await dead_letters(service) == []
