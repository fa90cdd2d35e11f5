"""`trunkline doctor`."""

import contextlib
import datetime as dt
import os
from pathlib import Path

import click
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
from entrypoints.doctor import Finding, Probes, diagnose, has_failed, misconfigured, report
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
        types = container.channel_types()
        probes = Probes(
            channels=container.channels(),
            channel_checks=lambda channel: types.of(channel).checks,
            store_defects=lambda: _store_defects(container),
            runtimes=container.runtimes(),
            backlog=lambda: _backlog(container),
            operators=lambda: _operators(container),
            client=container.http_client(),
            agents_dir=config_dir / "agents",
            today=dt.datetime.now(tz=dt.UTC).date(),
            environ=os.environ,
        )
        return await diagnose(settings, probes=probes, offline=offline)


async def _store_defects(container: Container) -> tuple[StoreDefect, ...]:
    async with opened_store(container, any_format=True):
        return await container.inspection().defects()


async def _backlog(container: Container) -> Backlog:
    async with opened_store(container, any_format=True):
        return await container.backlog().read()


async def _operators(container: Container) -> tuple[RegisteredOperator, ...]:
    async with opened_store(container, any_format=True):
        return await container.operators().all()
