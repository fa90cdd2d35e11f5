"""`trunkline dead-letters`."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.operating.replay_dead_letter import HumanTakeoverError
from application.ports.dead_letters import UnknownDeadLetterError, UnreadableDeadLetterError
from application.ports.store import StoreUnavailableError
from entrypoints.bootstrap.container import Container
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, echo_list, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.http.dead_letter_view import DeadLetterView
from entrypoints.observability.terminal import as_json, one_line, printable
from entrypoints.settings import ConfigurationError

errors_reported = report_errors(ConfigurationError, StoreUnavailableError)
letter_id = click.argument("letter_id", metavar="ID")


@click.group()
def dead_letters() -> None:
    """List, show, replay and discard what could not be answered."""


@dead_letters.command("list")
@config_dir_option
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many at most.")
@click.option("--after", metavar="ID", help="Begin after this dead letter.")
@json_option
@errors_reported
def list_letters(config_dir: Path, limit: int, after: str | None, *, as_json: bool) -> None:
    """List dead letters, oldest first."""
    views = run(_list(config_dir, limit=limit, after=after))
    echo_list(views, _line, none="No dead letters.", as_json=as_json)


@dead_letters.command()
@config_dir_option
@letter_id
@json_option
@errors_reported
def show(config_dir: Path, letter_id: str, *, as_json: bool) -> None:
    """Show a dead letter: the messages, the reply, which parts were sent, and the reason."""
    view = run(_show(config_dir, letter_id))
    if as_json:
        _echo_json(view)
    else:
        click.echo("\n".join(_lines(view)))


@dead_letters.command()
@config_dir_option
@letter_id
@json_option
@errors_reported
def replay(config_dir: Path, letter_id: str, *, as_json: bool) -> None:
    """Put the turn back at the head of its conversation. Only the missing parts are sent."""
    run(_replay(config_dir, letter_id))
    _echo_done("replayed", letter_id, as_json=as_json)


@dead_letters.command()
@config_dir_option
@letter_id
@json_option
@errors_reported
def discard(config_dir: Path, letter_id: str, *, as_json: bool) -> None:
    """Discard a dead letter."""
    run(_discard(config_dir, letter_id))
    _echo_done("discarded", letter_id, as_json=as_json)


@contextlib.asynccontextmanager
async def _opened(config_dir: Path) -> AsyncIterator[Container]:
    async with opened_container(config_dir) as container:
        try:
            yield container
        except UnknownDeadLetterError as error:
            raise click.ClickException(one_line(f"there is no dead letter {error}")) from error
        except HumanTakeoverError as error:
            message = (
                f"a human has taken over the conversation of {error}, so the reply would be held back: "
                "give the conversation back to the agent first"
            )
            raise click.ClickException(one_line(message)) from error
        except UnreadableDeadLetterError as error:
            message = (
                f"this version cannot read dead letter {error}: replay it with the version that wrote it, or discard it"
            )
            raise click.ClickException(one_line(message)) from error


async def _list(config_dir: Path, *, limit: int, after: str | None) -> list[DeadLetterView]:
    async with _opened(config_dir) as container:
        async with audited(container, "read_dead_letters"):
            letters = await container.dead_letters().page(limit=limit, after=after)
        return [DeadLetterView.of(letter) for letter in letters]


async def _show(config_dir: Path, letter_id: str) -> DeadLetterView:
    async with _opened(config_dir) as container, audited(container, "read_dead_letter", subject=letter_id):
        return DeadLetterView.of(await container.dead_letters().show(letter_id=letter_id))


async def _replay(config_dir: Path, letter_id: str) -> None:
    async with _opened(config_dir) as container, audited(container, "replay_dead_letter", subject=letter_id):
        await container.use_cases().replay(letter_id=letter_id)


async def _discard(config_dir: Path, letter_id: str) -> None:
    async with _opened(config_dir) as container, audited(container, "discard_dead_letter", subject=letter_id):
        await container.dead_letters().discard(letter_id=letter_id)


def _echo_json(value: object) -> None:
    click.echo(as_json(value))


def _echo_done(done: str, letter_id: str, *, as_json: bool) -> None:
    if as_json:
        _echo_json({"id": letter_id, "status": done})
    else:
        click.echo(f"{done} {letter_id}")


def _line(view: DeadLetterView) -> str:
    return one_line(f"{view.id}  {_time(view.at)}  {view.channel}:{view.user}  {view.reason}")


def _lines(view: DeadLetterView) -> list[str]:
    head = [f"{view.id}, {_time(view.at)}", f"reason: {view.reason}"]
    if view.raw:
        turn = [f"conversation: {view.channel}:{view.user}", f"turn (this version cannot read it): {view.raw}"]
    else:
        turn = _turn_lines(view)
    return [printable(line) for line in head + turn]


def _turn_lines(view: DeadLetterView) -> list[str]:
    parts = view.reply.parts if view.reply else []
    return [
        f"attempts: {view.attempts}",
        f"conversation: {view.channel}:{view.user}, turn {view.turn_id}",
        "messages:",
        *(f"  > {_indented(message.text, 4) or f'({message.content})'}" for message in view.messages),
        f"reply ({view.reply.outcome}):" if view.reply and parts else "reply: none",
        *(f"  {_state(view, number):9}{_indented(part, 11)}" for number, part in enumerate(parts)),
    ]


def _indented(text: str, columns: int) -> str:
    """The text with its further lines indented, so that they cannot look like lines of this report."""
    return text.replace("\n", f"\n{' ' * columns}")


def _state(view: DeadLetterView, part: int) -> str:
    if part < len(view.sent):
        return "sent"
    return "unknown" if view.unconfirmed and part == len(view.sent) else "missing"


def _time(at: float) -> str:
    return dt.datetime.fromtimestamp(at, tz=dt.UTC).isoformat(sep=" ", timespec="seconds")
