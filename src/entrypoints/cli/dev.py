"""`trunkline dev`."""

import os
from pathlib import Path

import click

from adapters.astromesh.agent_files import AgentFileError
from adapters.redis.embedded import EmbeddedStoreError
from application.ports.agent import AgentFailedError
from application.ports.store import StoreUnavailableError
from entrypoints.bootstrap.dev import PAGE_PORT, Addresses
from entrypoints.bootstrap.dev import dev as run_everything
from entrypoints.cli.common import config_dir_option, report_errors, run
from entrypoints.http.server.serving import CannotServeError
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import ConfigurationError


@click.command()
@config_dir_option
@click.option(
    "--page-port",
    type=click.IntRange(0, 65535),
    default=PAGE_PORT,
    show_default=True,
    help="The port of the phone's page.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    default="warning",
    envvar="TRUNKLINE_LOG_LEVEL",
    show_default=True,
)
@report_errors(
    ConfigurationError, CannotServeError, EmbeddedStoreError, StoreUnavailableError, AgentFailedError, AgentFileError
)
def dev(config_dir: Path, page_port: int, log_level: str) -> None:
    """Run everything on this machine: embedded store, agents, and a simulated WhatsApp with a phone."""
    configure_logging(log_level)
    click.echo("starting ...", err=True)
    run(run_everything(config_dir=config_dir, environ=os.environ, announce=_announce, page_port=page_port))


def _announce(addresses: Addresses) -> None:
    click.echo(
        f"""
  Trunkline is running. Open the phone and write a message:

    phone    {addresses.page}
    webhook  {addresses.webhook}
    agents   {addresses.agents}

  {addresses.notice}
  Ctrl-C stops it.
"""
    )
