"""The doctor on operators."""

from application.ports.operators import RegisteredOperator
from application.ports.store import StoreUnavailableError
from domain.operators.operator import Operator, Role
from entrypoints.settings import Secret
from support.doctor import examine, settings


def registered(*channels: str) -> RegisteredOperator:
    return RegisteredOperator(
        operator=Operator(name="olga", role=Role.OPERATOR, channels=channels), digest="", created_at=0.0
    )


async def said(*found: RegisteredOperator, admin_token: str | None = "not-a-real-admin-token") -> list[tuple[str, str]]:
    async def operators() -> tuple[RegisteredOperator, ...]:
        return found

    examined = settings(admin_token=Secret(admin_token) if admin_token else None)
    findings = (await examine(examined, operators=operators)).get("operators", [])
    return [(finding.status.value, finding.message) for finding in findings]


async def test_how_many_there_are() -> None:
    """And that everybody shares one token, as long as there are none."""
    ((_, shared),) = await said()

    assert shared.startswith("0 operators have a token of their own, and everybody shares the admin token")
    assert await said(registered("whatsapp")) == [("ok", "1 operators have a token of their own")]


async def test_tokens_that_open_nothing() -> None:
    """Because of the channels, or because there are no routes."""
    blind = await said(registered("sms"))
    closed = await said(registered(), admin_token=None)

    assert blind[1] == ("warning", "olga sees nothing: channels.yaml has none of their channels (sms)")
    assert closed == [("warning", "1 operators have tokens, but there are no operators' routes")]
    assert await said(admin_token=None) == []


async def test_an_outage_is_reported_by_the_check_of_the_store() -> None:
    """Once is enough."""

    async def away() -> tuple[RegisteredOperator, ...]:
        raise StoreUnavailableError

    assert "operators" not in await examine(settings(), operators=away)
