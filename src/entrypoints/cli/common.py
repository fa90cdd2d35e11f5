"""What every command shares: where the configuration is, how mistakes are told, which event loop runs."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
import uvloop

from entrypoints.observability.terminal import printable

config_dir_option = click.option(
    "--config-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default="config",
    envvar="TRUNKLINE_CONFIG_DIR",
    show_default=True,
    show_envvar=True,
    help="Where channels.yaml, service.yaml and agents/ are.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


def report_errors[**P, T](*mistakes: type[Exception]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Tell these errors on stderr in their own words, without a traceback, and exit with 1."""

    def decorate(command: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(command)
        def told(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return command(*args, **kwargs)
            except mistakes as error:
                raise click.ClickException(printable(str(error))) from error

        return told

    return decorate


def run[T](main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on uvloop."""
    return asyncio.run(main, loop_factory=uvloop.new_event_loop)
