"""How a run ends: with a report, or early by a signal. The attack ends alike."""

import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol

import click
import uvloop
from rich.console import Console

# The exit code that shells use for an end by Ctrl-C.
ENDED_EARLY = 128 + signal.SIGINT


class Report(Protocol):
    """What was found. `kept`: everything that is promised holds."""

    @property
    def kept(self) -> bool: ...

    def as_json(self) -> dict[str, Any]: ...

    def show(self, console: Console) -> None: ...


def run_until_stopped[T](run: Coroutine[Any, Any, T], *, directory: Path) -> T:
    """SIGTERM and Ctrl-C end the run and this process, also in the background. Nothing is left behind."""

    async def stoppable() -> T:
        running = asyncio.create_task(run)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, running.cancel)
        return await running

    try:
        return asyncio.run(stoppable(), loop_factory=uvloop.new_event_loop)
    except asyncio.CancelledError:
        shutil.rmtree(directory)
        click.echo("ended before the verdict", err=True)
        sys.exit(ENDED_EARLY)


def finish(report: Report, *, directory: Path, as_json: bool, broken: str) -> None:
    """Print the report. When a promise is `broken`, keep the directory and exit with 1."""
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        report.show(Console())
    if report.kept:
        shutil.rmtree(directory)
    else:
        click.echo(f"{broken} in {directory}", err=True)
        sys.exit(1)
