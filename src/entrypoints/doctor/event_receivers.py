"""The check of the receivers of events: whether something answers at each address."""

import httpx

from entrypoints.doctor.findings import Finding, ok, warning
from entrypoints.settings import Settings
from entrypoints.settings.secret import without_credentials


async def event_receivers(settings: Settings, client: httpx.AsyncClient) -> tuple[Finding, ...]:
    """Ask each address. Whatever it answers to a GET is right: it need not know what to do with one."""
    findings = []
    for receiver in settings.service.webhooks:
        name, place = f"webhooks: {receiver.name}", without_credentials(receiver.url or "")
        try:
            await client.get(receiver.url or "", timeout=receiver.timeout_seconds)
        except httpx.HTTPError as error:
            fix = "start the receiver, or correct its url in service.yaml; until then events wait"
            findings.append(warning(name, f"{place} does not answer ({type(error).__name__})", fix))
        else:
            findings.append(ok(name, f"{place} answers"))
    return tuple(findings)
