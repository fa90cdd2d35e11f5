"""`trunkline person`."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.channels import UnknownChannelError
from application.joining.join_people import CannotJoinError
from application.ports.store import StoreUnavailableError
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.store import opened_store
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, report_errors, run
from entrypoints.observability.logging import configure_logging
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError

errors_reported = report_errors(ConfigurationError, StoreUnavailableError, UnknownChannelError, CannotJoinError)
conversation_name = click.argument("conversation", metavar="CHANNEL:USER")


@click.group()
def person() -> None:
    """Join the conversations of a person on several channels, and separate them."""


@person.command()
@config_dir_option
@conversation_name
@click.argument("to", metavar="CHANNEL:USER")
@errors_reported
def join(config_dir: Path, conversation: str, to: str) -> None:
    """Let the agent go on in the session of the second conversation. Each is still answered on its own channel."""
    click.echo(one_line(run(_join(config_dir, conversation, to))))


@person.command()
@config_dir_option
@conversation_name
@errors_reported
def separate(config_dir: Path, conversation: str) -> None:
    """Let the agent go on in the conversation's own session."""
    click.echo(one_line(run(_separate(config_dir, conversation))))


@contextlib.asynccontextmanager
async def _opened(config_dir: Path) -> AsyncIterator[Container]:
    settings = load_settings(config_dir=config_dir, environ=os.environ)
    configure_logging("warning")
    container = Container(settings=settings)
    async with opened_store(container), contextlib.AsyncExitStack() as stack:
        for client in (container.http_client(), *container.agents_clients()):
            stack.push_async_callback(client.aclose)
        yield container


async def _join(config_dir: Path, name: str, to_name: str) -> str:
    async with _opened(config_dir) as container:
        use_cases = container.use_cases()
        found, to = await use_cases.find(name), await use_cases.find(to_name)
        async with audited(container, "join", conversation=found, subject=str(to)):
            await use_cases.join(conversation=found, to=to, why="an operator joined them")
        return f"{found} is joined to {to}"


async def _separate(config_dir: Path, name: str) -> str:
    async with _opened(config_dir) as container:
        found = await container.use_cases().find(name)
        async with audited(container, "separate", conversation=found):
            await container.use_cases().join.separate(conversation=found)
        return f"{found} has its own session"
