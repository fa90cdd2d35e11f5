"""`trunkline webhooks`."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.operating.dead_events import UnknownReceiverError
from application.ports.event_outbox import UnknownDeadEventError
from application.ports.store import StoreUnavailableError
from entrypoints.bootstrap.container import Container
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, echo_list, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.http.event_receiver_view import DeadEventView
from entrypoints.observability.terminal import as_json as json_text
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError

MAX_LISTED = 1000

errors_reported = report_errors(ConfigurationError, StoreUnavailableError)
receiver_name = click.argument("receiver", metavar="NAME")
event_argument = click.argument("event_id", metavar="ID")


@click.group()
def webhooks() -> None:
    """List the receivers of events; show, replay and discard events that one did not take."""


@webhooks.command("list")
@config_dir_option
@json_option
@errors_reported
def list_receivers(config_dir: Path, *, as_json: bool) -> None:
    """List the receivers, and how many events each did not take."""
    counts = run(_counts(config_dir))
    if as_json:
        click.echo(json_text(counts))
    elif not counts:
        click.echo("There are no webhooks in service.yaml.", err=True)
    else:
        click.echo("\n".join(f"{name}  {count} dead events" for name, count in counts.items()))


@webhooks.command()
@config_dir_option
@receiver_name
@json_option
@errors_reported
def dead(config_dir: Path, receiver: str, *, as_json: bool) -> None:
    """List the events that a receiver did not take, oldest first."""
    views = run(_dead(config_dir, receiver))
    echo_list(views, _line, none="No dead events.", as_json=as_json)


@webhooks.command()
@config_dir_option
@receiver_name
@click.argument("event_id", metavar="ID", required=False)
@click.option("--all", "every", is_flag=True, help="All dead events of this receiver.")
@errors_reported
def replay(config_dir: Path, receiver: str, event_id: str | None, *, every: bool) -> None:
    """Send an event again."""
    if (event_id is None) != every:
        raise click.UsageError("name one event, or give --all")
    for replayed in run(_replay(config_dir, receiver, event_id)):
        click.echo(f"replayed {one_line(replayed)}")


@webhooks.command()
@config_dir_option
@receiver_name
@event_argument
@errors_reported
def discard(config_dir: Path, receiver: str, event_id: str) -> None:
    """Discard an event."""
    run(_discard(config_dir, receiver, event_id))
    click.echo(f"discarded {one_line(event_id)}")


@contextlib.asynccontextmanager
async def _opened(config_dir: Path) -> AsyncIterator[Container]:
    async with opened_container(config_dir) as container:
        try:
            yield container
        except UnknownReceiverError as error:
            raise click.ClickException(
                one_line(f"no entry of webhooks in service.yaml has the name {error}")
            ) from error
        except UnknownDeadEventError as error:
            raise click.ClickException(one_line(f"there is no dead event {error}")) from error


async def _counts(config_dir: Path) -> dict[str, int]:
    async with _opened(config_dir) as container:
        return await container.dead_events().counts()


async def _dead(config_dir: Path, receiver: str) -> list[DeadEventView]:
    async with _opened(config_dir) as container:
        return [DeadEventView.of(one) for one in await container.dead_events().of(receiver, limit=MAX_LISTED)]


async def _replay(config_dir: Path, receiver: str, event_id: str | None) -> list[str]:
    async with _opened(config_dir) as container:
        dead_events = container.dead_events()
        every = await dead_events.of(receiver, limit=MAX_LISTED) if event_id is None else ()
        wanted = [event_id] if event_id is not None else [one.event.id for one in every]
        for one in wanted:
            async with audited(container, "replay_dead_event", subject=f"{receiver} {one}"):
                await dead_events.replay(receiver, event_id=one)
        return wanted


async def _discard(config_dir: Path, receiver: str, event_id: str) -> None:
    subject = f"{receiver} {event_id}"
    async with _opened(config_dir) as container, audited(container, "discard_dead_event", subject=subject):
        await container.dead_events().discard(receiver, event_id=event_id)


def _line(view: DeadEventView) -> str:
    return one_line(f"{view.id}  {view.kind}  {view.conversation or view.channel}  {view.reason}")
