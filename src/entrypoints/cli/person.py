"""`trunkline person`."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import click

from application.channels import UnknownChannelError
from application.joining.join_people import CannotJoinError
from application.operating.person_data import PersonsData, UnknownPersonError
from application.ports.store import StoreUnavailableError
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, json_option, report_errors, run
from entrypoints.cli.opened import opened_container_with_clients
from entrypoints.http.person_view import ErasedView, PersonView, export_document
from entrypoints.observability.terminal import as_json as json_text
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError

errors_reported = report_errors(
    ConfigurationError, StoreUnavailableError, UnknownChannelError, CannotJoinError, UnknownPersonError
)
conversation_name = click.argument("conversation", metavar="CHANNEL:USER")


@click.group()
def person() -> None:
    """A person's data: show, export, erase it. Join a person's conversations, and separate them."""


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


@person.command()
@config_dir_option
@json_option
@conversation_name
@errors_reported
def show(config_dir: Path, conversation: str, as_json: bool) -> None:
    """Count what is stored of a person, in all of their conversations."""
    found = run(_show(config_dir, conversation))
    if as_json:
        click.echo(json_text(found))
        return
    click.echo("\n".join(one_line(name) for name in found.conversations))
    for kind, count in sorted(found.records.items()):
        click.echo(f"{kind:<20}{count:>8}")


@person.command()
@config_dir_option
@click.option("--output", type=click.File("wb"), default="-", help="The file to write. Without it: standard output.")
@conversation_name
@errors_reported
def export(config_dir: Path, conversation: str, output: BinaryIO) -> None:
    """Write everything that is stored of a person as one JSON document."""
    run(_export(config_dir, conversation, output))


@person.command()
@config_dir_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@conversation_name
@errors_reported
def erase(config_dir: Path, conversation: str, yes: bool) -> None:
    """Erase everything that is stored of a person. The agents' runtime forgets them, too."""
    if not yes:
        click.confirm(f"Erase everything about {one_line(conversation)}? Nobody can undo this", abort=True)
    erased = run(_erase(config_dir, conversation))
    for name in erased.conversations:
        click.echo(f"{one_line(name)} is erased")
    click.echo(f"{erased.records} records; {erased.sessions} sessions of agents are cleared while the service runs")


async def _join(config_dir: Path, name: str, to_name: str) -> str:
    async with opened_container_with_clients(config_dir) as container:
        use_cases = container.use_cases()
        found, to = await use_cases.find(name), await use_cases.find(to_name)
        async with audited(container, "join", conversation=found, subject=str(to)):
            await use_cases.join(conversation=found, to=to, why="an operator joined them")
        return f"{found} is joined to {to}"


async def _separate(config_dir: Path, name: str) -> str:
    async with opened_container_with_clients(config_dir) as container:
        found = await container.use_cases().find(name)
        async with audited(container, "separate", conversation=found):
            await container.use_cases().join.separate(conversation=found)
        return f"{found} has its own session"


async def _show(config_dir: Path, name: str) -> PersonView:
    async with _persons(config_dir, "show_person", name) as persons:
        return PersonView.of(await persons.show(name))


async def _export(config_dir: Path, name: str, output: BinaryIO) -> None:
    async with _persons(config_dir, "export_person", name) as persons:
        async for piece in export_document(await persons.export(name)):
            output.write(piece)


async def _erase(config_dir: Path, name: str) -> ErasedView:
    async with _persons(config_dir, "erase_person", name) as persons:
        return ErasedView.of(await persons.erase(name))


@contextlib.asynccontextmanager
async def _persons(config_dir: Path, action: str, name: str) -> AsyncIterator[PersonsData]:
    """The audit log names the conversation, and not the name by which it was found."""
    async with opened_container_with_clients(config_dir) as container:
        use_cases = container.use_cases()
        async with audited(container, action, conversation=await use_cases.find(name)):
            yield use_cases.persons_data
