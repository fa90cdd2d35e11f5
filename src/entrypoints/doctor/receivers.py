"""The checks of who gets signed messages, events and approved proposals: whether something answers at the address."""

import httpx

from entrypoints.doctor.findings import Finding, ok, warning
from entrypoints.settings import Settings
from entrypoints.settings.secret import without_credentials
from entrypoints.settings.webhooks import SignedAddressSettings

PROPOSALS = "proposals: receiver"


async def receivers(settings: Settings, client: httpx.AsyncClient) -> tuple[Finding, ...]:
    return (*await event_receivers(settings, client), *await proposals_receiver(settings, client))


async def event_receivers(settings: Settings, client: httpx.AsyncClient) -> tuple[Finding, ...]:
    """Ask each address that gets events."""
    return tuple(
        [
            await _ask(f"webhooks: {receiver.name}", receiver, client, key="its url", waiting="events")
            for receiver in settings.service.webhooks
        ]
    )


async def proposals_receiver(settings: Settings, client: httpx.AsyncClient) -> tuple[Finding, ...]:
    """Ask the address that gets approved proposals, if there is one."""
    receiver = settings.service.proposals
    if receiver.url is None:
        return ()
    return (await _ask(PROPOSALS, receiver, client, key="proposals.url", waiting="approved proposals"),)


async def _ask(
    name: str, receiver: SignedAddressSettings, client: httpx.AsyncClient, *, key: str, waiting: str
) -> Finding:
    """Whatever it answers to a GET is right: it need not know what to do with one."""
    place = without_credentials(receiver.url or "")
    try:
        await client.get(receiver.url or "", timeout=receiver.timeout_seconds)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fix = f"start the receiver, or correct {key} in service.yaml; until then {waiting} wait"
        return warning(name, f"{place} does not answer ({type(error).__name__})", fix)
    return ok(name, f"{place} answers")
