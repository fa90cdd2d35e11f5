"""`trunkline serve`."""

import os
from pathlib import Path

import click
from attrs import evolve

from entrypoints.bootstrap.errors import STARTUP_ERRORS
from entrypoints.bootstrap.lifecycle import Role
from entrypoints.bootstrap.lifecycle import serve as serve_until_stopped
from entrypoints.cli.common import config_dir_option, report_errors, run
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import Settings, load_settings


@click.command()
@config_dir_option
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default="all",
    show_default=True,
    help="What this process does.",
)
@click.option("--host", help="The address to listen on. Replaces http.host of service.yaml.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 takes a free one. Replaces http.port of service.yaml. A worker listens only with "
    "this option, for probes and metrics.",
)
@report_errors(*STARTUP_ERRORS)
def serve(config_dir: Path, role: str, host: str | None, port: int | None) -> None:
    """Run the service until SIGTERM or Ctrl-C: the web application, the worker, or both in one process."""
    settings = _with_address(load_settings(config_dir=config_dir, environ=os.environ), host=host, port=port)
    configure_logging(settings.service.log_level)
    probes = port is not None
    run(serve_until_stopped(settings, config_dir=config_dir, role=Role(role), probes=probes, ready=_announce))


def _with_address(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    http = settings.service.http
    http = evolve(http, host=http.host if host is None else host, port=http.port if port is None else port)
    return evolve(settings, service=evolve(settings.service, http=http))


def _announce(host: str, port: int) -> None:
    """Print to stdout, so that a program that started this one can read the port."""
    click.echo(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}")
