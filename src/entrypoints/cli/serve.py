"""`trunkline serve`."""

import os
import socket
from functools import partial
from pathlib import Path

import click
from attrs import evolve

from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.errors import STARTUP_ERRORS
from entrypoints.bootstrap.lifecycle import Role
from entrypoints.bootstrap.lifecycle import serve as serve_until_stopped
from entrypoints.bootstrap.supervision import Supervision
from entrypoints.bootstrap.supervisor import one_process_per_core, serve_processes
from entrypoints.cli.common import config_dir_option, report_errors, run
from entrypoints.observability.logging import configure_logging
from entrypoints.settings import Settings


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
@click.option(
    "--processes",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="How many processes do this, with one address and one store; 0 is one for each core.",
)
@click.option("--supervised", is_flag=True, hidden=True, help="Stop when standard input ends.")
@click.option("--listener", type=int, hidden=True, help="The descriptor of a socket that listens already.")
@report_errors(*STARTUP_ERRORS)
def serve(
    *,
    config_dir: Path,
    role: str,
    host: str | None,
    port: int | None,
    processes: int,
    supervised: bool,
    listener: int | None,
) -> None:
    """Run the service until SIGTERM or Ctrl-C: the web application, the worker, or both."""
    supervision = Supervision.of(os.environ) if supervised else None
    settings = _load(config_dir, host, port)
    if supervision:
        settings = supervision.at_start(settings)
    configure_logging(settings.service.log_level)
    inherited = None if listener is None else socket.socket(fileno=listener)
    if processes == 1:

        def load() -> Settings:
            settings = _load(config_dir, host, port)
            return supervision.at_reload(settings) if supervision else settings

        start = partial(serve_until_stopped, load=load, supervised=supervised, listener=inherited)
    else:
        given = {"--host": host, "--port": port}
        options = [word for name, value in given.items() if value is not None for word in (name, str(value))]
        start = partial(serve_processes, count=processes or one_process_per_core(), options=options)
    probes = port is not None
    run(start(settings, config_dir=config_dir, role=Role(role), probes=probes, ready=_announce))


def _load(config_dir: Path, host: str | None, port: int | None) -> Settings:
    """The settings, with the address of the command line."""
    settings = load_settings(config_dir=config_dir, environ=os.environ)
    http = settings.service.http
    http = evolve(http, host=http.host if host is None else host, port=http.port if port is None else port)
    return evolve(settings, service=evolve(settings.service, http=http))


def _announce(host: str, port: int) -> None:
    """Print to stdout, so that a program that started this one can read the port."""
    click.echo(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}")
