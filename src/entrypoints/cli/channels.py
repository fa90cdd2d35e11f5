"""`trunkline channels`."""

import contextlib
import datetime as dt
import os
from collections.abc import AsyncIterator
from pathlib import Path

import click
from attrs import frozen
from rich.console import Console

from application.ports.messenger import SendFailedError
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.errors import STARTUP_ERRORS
from entrypoints.channel_types import ChannelSetup, ChannelType
from entrypoints.cli.common import config_dir_option, json_option, report_errors, run
from entrypoints.doctor.findings import Finding, has_failed, ok
from entrypoints.doctor.report import report
from entrypoints.observability.logging import configure_logging
from entrypoints.observability.terminal import as_json as json_text
from entrypoints.settings import ChannelSettings

channel_name = click.argument("name")
errors_reported = report_errors(*STARTUP_ERRORS, SendFailedError)


@frozen(kw_only=True)
class ChannelView:
    """One entry of channels.yaml. `registers`: whether its webhook can be registered from here."""

    name: str
    type: str
    webhook: str
    registers: bool


@click.group()
def channels() -> None:
    """List channels, and register their webhooks at the provider."""


@channels.command("list")
@config_dir_option
@json_option
@errors_reported
def list_(config_dir: Path, *, as_json: bool) -> None:
    """List the channels of this configuration."""
    container = _container(config_dir)
    types, entries = container.channel_types(), container.settings().channels
    views = [_view(entry, types.of(entry)) for entry in entries]
    if as_json:
        click.echo(json_text(views))
    for view in () if as_json else views:
        click.echo(f"{view.name}  {view.type}  {view.webhook}{'' if view.registers else '  (registered by hand)'}")


@channels.command()
@config_dir_option
@channel_name
@click.option("--address", required=True, help="The public address of the service, such as https://example.com.")
@errors_reported
def register(config_dir: Path, name: str, address: str) -> None:
    """Have the provider call the webhook of this channel."""
    url = f"{address.rstrip('/')}{_webhook(name)}"
    run(_register(config_dir, name, url))
    click.echo(f"registered {url}")


@channels.command()
@config_dir_option
@channel_name
@errors_reported
def unregister(config_dir: Path, name: str) -> None:
    """Have the provider call nothing any more. Messages wait there, or are lost."""
    run(_unregister(config_dir, name))
    click.echo(f"unregistered {name}")


@channels.command()
@config_dir_option
@channel_name
@json_option
@errors_reported
def check(config_dir: Path, name: str, *, as_json: bool) -> None:
    """Check one channel at its provider, as `trunkline doctor` does."""
    findings = run(_check(config_dir, name))
    report(findings, console=Console(), as_json=as_json)
    if has_failed(findings):
        raise click.exceptions.Exit(1)


async def _register(config_dir: Path, name: str, url: str) -> None:
    async with _setup(config_dir, name, registers=True) as setup:
        await setup.register(url=url)


async def _unregister(config_dir: Path, name: str) -> None:
    async with _setup(config_dir, name) as setup:
        await setup.unregister()


async def _check(config_dir: Path, name: str) -> tuple[Finding, ...]:
    container = _container(config_dir)
    entry = _entry(container, name)
    checks, today = container.channel_types().of(entry).checks, dt.datetime.now(tz=dt.UTC).date()
    async with container.http_client() as client:
        online = [await its(entry, client) for its in checks.online]
    findings = (*(its(entry, today) for its in checks.offline), *online)
    return findings or (ok(name, f"the type {entry.type} has no checks"),)


@contextlib.asynccontextmanager
async def _setup(config_dir: Path, name: str, *, registers: bool = False) -> AsyncIterator[ChannelSetup]:
    container = _container(config_dir)
    entry = _entry(container, name)
    kind = container.channel_types().of(entry)
    if kind.setup is None:
        message = (
            f"the webhook of a {kind.name} channel is registered on the provider's own page; it is {_webhook(name)}"
        )
        raise click.ClickException(message)
    async with container.http_client() as client:
        if registers and kind.build(entry, container.settings(), client).updates:
            message = f"{name} fetches its messages, which a registered webhook would prevent; change its entry first"
            raise click.ClickException(message)
        yield kind.setup(entry, client)


def _container(config_dir: Path) -> Container:
    configure_logging("error")
    return Container(settings=load_settings(config_dir=config_dir, environ=os.environ))


def _entry(container: Container, name: str) -> ChannelSettings:
    entries = {entry.name: entry for entry in container.settings().channels}
    if name not in entries:
        raise click.ClickException(f"there is no channel {name}; channels.yaml has {', '.join(entries)}")
    return entries[name]


def _view(entry: ChannelSettings, kind: ChannelType) -> ChannelView:
    return ChannelView(name=entry.name, type=kind.name, webhook=_webhook(entry.name), registers=kind.setup is not None)


def _webhook(name: str) -> str:
    return f"/v1/channels/{name}/webhook"
