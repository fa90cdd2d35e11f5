"""The checks of `trunkline doctor`: what is wrong with an installation, and how to fix it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from pathlib import Path

import httpx
from attrs import frozen

from application.ports.agent import AgentPort
from application.ports.store import StoreDefect
from entrypoints.doctor import installation, whatsapp
from entrypoints.doctor.findings import Finding, Status
from entrypoints.doctor.installation import misconfigured
from entrypoints.doctor.report import report
from entrypoints.settings import Settings, WhatsAppSettings

__all__ = ["Finding", "Probes", "Status", "diagnose", "has_failed", "misconfigured", "report"]

META_CHECKS = (whatsapp.number, whatsapp.subscription)


@frozen(kw_only=True)
class Probes:
    """What the checks may use. `store_defects` raises what `installation.store` names."""

    store_defects: Callable[[], Awaitable[tuple[StoreDefect, ...]]]
    agents: AgentPort
    client: httpx.AsyncClient
    agents_dir: Path
    today: date


async def diagnose(settings: Settings, *, probes: Probes, offline: bool = False) -> tuple[Finding, ...]:
    """Make every check. `offline` leaves out the checks that need a connection."""
    numbers = [channel for channel in settings.channels if isinstance(channel, WhatsAppSettings)]
    findings = [*installation.configuration(settings)]
    if settings.service.agents.embedded:
        findings += installation.agent_files(settings, directory=probes.agents_dir)
    findings += [whatsapp.api_version(channel, today=probes.today) for channel in numbers]
    if offline:
        return tuple(findings)
    store, agents, meta = await asyncio.gather(
        installation.store(settings, defects=probes.store_defects),
        installation.agents(settings, runtime=probes.agents),
        asyncio.gather(*(check(channel, client=probes.client) for channel in numbers for check in META_CHECKS)),
    )
    return (*findings, *store, *agents, *meta)


def has_failed(findings: Iterable[Finding]) -> bool:
    """Whether something does not work."""
    return any(finding.status is Status.FAILED for finding in findings)
