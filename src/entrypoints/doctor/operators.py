"""Check the operators with a token of their own."""

from collections.abc import Awaitable, Callable

from application.ports.operators import RegisteredOperator
from application.ports.store import StoreUnavailableError
from entrypoints.doctor.findings import Finding, ok, warning
from entrypoints.settings import Settings

OPERATORS = "operators"


async def operators(
    settings: Settings, registered: Callable[[], Awaitable[tuple[RegisteredOperator, ...]]]
) -> tuple[Finding, ...]:
    """Say how many there are, and warn about tokens that open nothing. The check of the store reports an outage."""
    try:
        found = [each.operator for each in await registered()]
    except (StoreUnavailableError, OSError):
        return ()
    if not settings.service.admin_token:
        if not found:
            return ()
        fix = "set TRUNKLINE_ADMIN_TOKEN: it opens the operators' routes, for everybody who has a token"
        return (warning(OPERATORS, f"{len(found)} operators have tokens, but there are no operators' routes", fix),)
    known = {channel.name for channel in settings.channels}
    blind = [each for each in found if each.channels and not known.intersection(each.channels)]
    shared = "" if found else ", and everybody shares the admin token; trunkline operators add gives each their own"
    return (
        ok(OPERATORS, f"{len(found)} operators have a token of their own{shared}"),
        *(
            warning(
                OPERATORS,
                f"{each.name} sees nothing: channels.yaml has none of their channels ({', '.join(each.channels)})",
                f"trunkline operators revoke {each.name}, and add them again with other channels",
            )
            for each in blind
        ),
    )
