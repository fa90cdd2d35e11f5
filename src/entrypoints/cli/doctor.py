"""`trunkline doctor`."""

import contextlib
import datetime as dt
import os
from pathlib import Path

import click
from attrs import define
from rich.console import Console

from application.ports.backlog import Backlog
from application.ports.operators import RegisteredOperator
from application.ports.store import StoreDefect
from entrypoints.bootstrap.agents import prepared_agents, running_agents
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.errors import STARTUP_ERRORS
from entrypoints.bootstrap.store import opened_store
from entrypoints.cli.common import config_dir_option, json_option, run
from entrypoints.doctor.diagnosis import Probes, diagnose
from entrypoints.doctor.findings import Finding, has_failed
from entrypoints.doctor.installation import misconfigured
from entrypoints.doctor.report import report
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import ConfigurationError, Settings


@click.command()
@config_dir_option
@click.option("--offline", is_flag=True, help="Make only the checks that need no connection.")
@json_option
def doctor(config_dir: Path, *, offline: bool, as_json: bool) -> None:
    """Check configuration, store, agents, token, number and webhook. Each problem is shown with its fix."""
    configure_logging("error")
    try:
        settings = load_settings(config_dir=config_dir, environ=os.environ)
        findings = run(_diagnose(settings, config_dir=config_dir, offline=offline))
    except ConfigurationError as error:
        findings = misconfigured(error)
    report(findings, console=Console(), as_json=as_json)
    if has_failed(findings):
        raise click.exceptions.Exit(1)


async def _diagnose(settings: Settings, *, config_dir: Path, offline: bool) -> tuple[Finding, ...]:
    container = Container(settings=settings)
    async with contextlib.AsyncExitStack() as stack:
        for client in (container.http_client(), *container.agents_clients()):
            stack.push_async_callback(client.aclose)
        if not offline:
            # The checks report what is wrong with a file, and that the runtime does not answer.
            with contextlib.suppress(*STARTUP_ERRORS):
                stack.enter_context(prepared_agents(container, config_dir=config_dir))
                await stack.enter_async_context(running_agents(container))
        types, store = container.channel_types(), _StoreOfChecks(container, stack)
        probes = Probes(
            channels=container.channels(),
            channel_checks=lambda channel: types.of(channel).checks,
            store_defects=store.defects,
            runtimes=container.runtimes(),
            backlog=store.backlog,
            operators=store.operators,
            client=container.http_client(),
            agents_dir=config_dir / "agents",
            today=dt.datetime.now(tz=dt.UTC).date(),
            environ=os.environ,
        )
        return await diagnose(settings, probes=probes, offline=offline)


@define
class _StoreOfChecks:
    """Opened by the first check that needs it, and closed after the last.

    A client of a cluster that was closed and is used again loses connections.
    """

    container: Container
    stack: contextlib.AsyncExitStack
    is_open: bool = False

    async def defects(self) -> tuple[StoreDefect, ...]:
        await self._open()
        return await self.container.inspection().defects()

    async def backlog(self) -> Backlog:
        await self._open()
        return await self.container.backlog().read()

    async def operators(self) -> tuple[RegisteredOperator, ...]:
        await self._open()
        return await self.container.operators().all()

    async def _open(self) -> None:
        if not self.is_open:
            self.container.store()  # an address that cannot be used is an error of the check, and not of the end
            await self.stack.enter_async_context(opened_store(self.container, any_format=True))
            self.is_open = True
