"""`trunkline conversations`."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.channels import UnknownChannelError
from application.operating.list_conversations import ConversationFilter
from application.ports.positions import InvalidPositionError
from application.ports.store import StoreUnavailableError
from application.ports.transcripts import TranscriptsOffError
from entrypoints.bootstrap.container import Container
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, echo_list, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.http.transcript_view import ConversationItem, EntryView
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError

errors_reported = report_errors(ConfigurationError, StoreUnavailableError)
limit_option = click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many.")


@click.group()
def conversations() -> None:
    """List conversations, and show what was said in one."""


@conversations.command("list")
@config_dir_option
@limit_option
@click.option("--search", default="", help="A part of a number, a name or an id.")
@click.option("--channel", default="", help="Of this channel only.")
@click.option(
    "--filter",
    "filters",
    type=click.Choice([each.value for each in ConversationFilter]),
    multiple=True,
    help="Only those for which this holds; may be repeated.",
)
@json_option
@errors_reported
def list_conversations(
    config_dir: Path, limit: int, search: str, channel: str, filters: tuple[str, ...], *, as_json: bool
) -> None:
    """List conversations, the latest first."""
    items = run(_list(config_dir, limit=limit, search=search, channel=channel, filters=filters))
    echo_list(items, _line, none="No conversations.", as_json=as_json)


@conversations.command()
@config_dir_option
@click.argument("conversation", metavar="CHANNEL:USER")
@limit_option
@click.option("--before", metavar="ID", help="What was said before this entry.")
@json_option
@errors_reported
def show(config_dir: Path, conversation: str, limit: int, before: str | None, *, as_json: bool) -> None:
    """Show what was said in a conversation, and what happened between."""
    entries = run(_show(config_dir, conversation, limit=limit, before=before))
    echo_list(entries, _entry_line, none="Nothing is kept of this conversation.", as_json=as_json)


@contextlib.asynccontextmanager
async def _opened(config_dir: Path) -> AsyncIterator[Container]:
    async with opened_container(config_dir) as container:
        try:
            yield container
        except TranscriptsOffError as error:
            raise click.ClickException("transcripts are off in service.yaml: nothing is kept") from error
        except UnknownChannelError as error:
            raise click.ClickException(one_line(str(error))) from error
        except InvalidPositionError as error:
            raise click.ClickException("--before is not the id of an entry") from error


async def _list(
    config_dir: Path, *, limit: int, search: str, channel: str, filters: tuple[str, ...]
) -> list[ConversationItem]:
    async with _opened(config_dir) as container:
        wanted = [ConversationFilter(each) for each in filters]
        items: list[ConversationItem] = []
        end: str | None = None
        while True:
            page = await container.use_cases().list_conversations(
                limit=limit - len(items),
                after=end,
                search=search,
                channels=(channel,) if channel else (),
                filters=wanted,
            )
            items += [ConversationItem.of(found) for found in page.found]
            end = page.end
            if end is None or len(items) >= limit:
                return items


async def _show(config_dir: Path, conversation: str, *, limit: int, before: str | None) -> list[EntryView]:
    async with _opened(config_dir) as container:
        found = await container.use_cases().find(conversation)
        async with audited(container, "read_messages", conversation=found):
            entries = await container.transcripts().page(conversation=found, limit=limit, before=before)
        return [EntryView.of(entry) for entry in entries]


def _line(item: ConversationItem) -> str:
    waits = "" if item.waiting_seconds is None else f"waits for {item.waiting_seconds:.0f} s"
    marks = (waits, "failed" if item.failed else "", "with a human" if item.human else "")
    return one_line("  ".join(filter(None, (_time(item.last_at), item.id, item.name or item.username, *marks))))


def _entry_line(entry: EntryView) -> str:
    if entry.direction == "event":
        return one_line(f"{_time(entry.at)}  -- {entry.kind}{f': {entry.reason}' if entry.reason else ''}")
    status = f" [{entry.status}]" if entry.status else ""
    words = entry.text or f"({entry.kind})"
    return one_line(f"{_time(entry.at)}  {entry.author}{status}: {words}")


def _time(at: float) -> str:
    return dt.datetime.fromtimestamp(at, tz=dt.UTC).isoformat(sep=" ", timespec="seconds")
