"""Make all checks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path

import httpx
from attrs import frozen

from application.answering.agent_runtimes import AgentRuntimes
from application.channels import Channels
from application.ports.backlog import Backlog
from application.ports.operators import RegisteredOperator
from application.ports.store import StoreDefect
from entrypoints.doctor import installation, records
from entrypoints.doctor.capabilities import beyond_capabilities
from entrypoints.doctor.channel_checks import ChannelChecks
from entrypoints.doctor.findings import Finding
from entrypoints.doctor.operators import operators
from entrypoints.doctor.receivers import receivers
from entrypoints.doctor.tracing import traces
from entrypoints.settings import ChannelSettings, Settings


@frozen(kw_only=True)
class Probes:
    """What the checks may use. `store_defects`, `backlog` and `operators` raise what `installation.store` names."""

    channels: Channels
    channel_checks: Callable[[ChannelSettings], ChannelChecks]
    store_defects: Callable[[], Awaitable[tuple[StoreDefect, ...]]]
    runtimes: AgentRuntimes
    backlog: Callable[[], Awaitable[Backlog]]
    operators: Callable[[], Awaitable[tuple[RegisteredOperator, ...]]]
    client: httpx.AsyncClient
    agents_dir: Path
    today: date
    environ: Mapping[str, str]


async def diagnose(settings: Settings, *, probes: Probes, offline: bool = False) -> tuple[Finding, ...]:
    """Make every check. `offline` leaves out the checks that need a connection."""
    checks = [(channel, probes.channel_checks(channel)) for channel in settings.channels]
    findings = [
        *installation.configuration(settings),
        installation.proposals(settings),
        *installation.tools(settings),
        *records.usage(settings),
        records.transcripts(settings),
        *records.routing(settings),
    ]
    if any(agents.embedded for agents in settings.service.agents):
        findings += installation.agent_files(settings, directory=probes.agents_dir)
    findings += [finding for channel in probes.channels for finding in beyond_capabilities(channel)]
    findings += [check(channel, probes.today) for channel, its in checks for check in its.offline]
    if offline:
        return tuple(findings)
    (store, named), agents, files, collector, posted_to, providers = await asyncio.gather(
        _in_the_store(settings, probes),
        installation.agents(settings, runtimes=probes.runtimes),
        installation.files(settings, probes.client),
        traces(probes.environ, probes.client),
        receivers(settings, probes.client),
        asyncio.gather(*(check(channel, probes.client) for channel, its in checks for check in its.online)),
    )
    return (*findings, *store, *agents, *named, *files, *collector, *posted_to, *providers)


async def _in_the_store(settings: Settings, probes: Probes) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The findings about the store, and about the operators in it. The first check opens it, so the other one waits."""
    store = await installation.store(settings, defects=probes.store_defects, backlog=probes.backlog)
    return store, await operators(settings, probes.operators)
