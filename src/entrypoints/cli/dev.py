"""`trunkline dev`."""

import os
from pathlib import Path

import click

from entrypoints.bootstrap.dev import PAGE_PORT, Addresses
from entrypoints.bootstrap.dev import dev as run_everything
from entrypoints.bootstrap.errors import STARTUP_ERRORS
from entrypoints.cli.common import config_dir_option, report_errors, run
from entrypoints.observability.logging import configure_logging


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
    help="The least important level that is logged.",
)
@report_errors(*STARTUP_ERRORS)
def dev(config_dir: Path, page_port: int, log_level: str) -> None:
    """Run everything on this machine: embedded store, agents, and a phone with a simulated WhatsApp and Telegram."""
    configure_logging(log_level)
    click.echo("starting ...", err=True)
    run(run_everything(config_dir=config_dir, environ=os.environ, announce=_announce, page_port=page_port))


def _announce(addresses: Addresses) -> None:
    webhooks = "\n    webhook  ".join(addresses.webhooks)
    click.echo(
        f"""
  Trunkline is running. Open the phone and write a message; the console shows it arrive:

    phone    {addresses.page}
    console  {addresses.console}
    webhook  {webhooks}
    agents   {addresses.agents}

  {addresses.notice}
  Ctrl-C stops it.
"""
    )
