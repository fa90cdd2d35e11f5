"""What the commands share: the configuration directory, the report of errors, the event loop."""

import asyncio
import functools
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import click
import uvloop

from entrypoints.observability.terminal import as_json as json_text
from entrypoints.observability.terminal import printable

config_dir_option = click.option(
    "--config-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="config",
    envvar="TRUNKLINE_CONFIG_DIR",
    show_default=True,
    show_envvar=True,
    help="The directory of channels.yaml, service.yaml and agents/.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")


def report_errors[**P, T](*errors: type[Exception]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Print the message of these errors on stderr, without a traceback, and exit with 1."""

    def decorate(command: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(command)
        def reporting(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return command(*args, **kwargs)
            except errors as error:
                raise click.ClickException(printable(str(error))) from error

        return reporting

    return decorate


def run[T](main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on uvloop."""
    return asyncio.run(main, loop_factory=uvloop.new_event_loop)


def echo_list[T](items: Sequence[T], line: Callable[[T], str], *, none: str, as_json: bool) -> None:
    """Print a line for each item, or all as JSON. Where there are no items, say `none` on stderr."""
    if as_json:
        click.echo(json_text(items))
    elif not items:
        click.echo(none, err=True)
    else:
        click.echo("\n".join(map(line, items)))
