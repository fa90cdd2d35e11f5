"""`python -m attack`: send hostile inputs to a running service, and check that it stays within its bounds."""

import asyncio
import json
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from attack.plan import Family, Plan
from attack.report import Report
from attack.run import Observed, ShowProgress, run

# The exit code that shells use for an end by Ctrl-C.
ENDED_EARLY = 130


@click.command()
@click.option("--seed", type=click.IntRange(min=0), help="Repeats the inputs of a run.")
@click.option("--quick", is_flag=True, help="A tenth of the inputs.")
@click.option(
    "--only",
    type=click.Choice([family.value for family in Family]),
    multiple=True,
    help="Send only this family of inputs.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=1),
    default=1.0,
    show_default=True,
    help="A factor for all time limits, for a machine that is busy with other work.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def main(*, seed: int | None, quick: bool, only: tuple[str, ...], patience: float, as_json: bool) -> None:
    """Attack a service of our own on this machine; exit with 1 when a bound is broken."""
    plan = Plan(
        seed=secrets.randbelow(10**6) if seed is None else seed,
        quick=quick,
        families=tuple(map(Family, only)) or tuple(Family),
        patience=patience,
    )

    def show_progress(line: str) -> None:
        click.echo(line, err=as_json)

    show_progress(f"seed {plan.seed}; to repeat this run: {plan.command}")
    directory = Path(tempfile.mkdtemp(prefix="trunkline-attack-"))
    try:
        observed = asyncio.run(_run_until_signalled(plan, directory, show_progress))
    except asyncio.CancelledError:
        shutil.rmtree(directory)
        click.echo("ended before the verdict", err=True)
        sys.exit(ENDED_EARLY)
    report = Report(plan=plan, observed=observed)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        report.show(Console())
    if report.kept:
        shutil.rmtree(directory)
    else:
        click.echo(f"a bound is broken; logs and store are in {directory}", err=True)
        sys.exit(1)


async def _run_until_signalled(plan: Plan, directory: Path, show_progress: ShowProgress) -> Observed:
    """SIGTERM and Ctrl-C end the run, also in the background. Nothing is left behind."""
    running = asyncio.create_task(run(plan, directory=directory, show_progress=show_progress))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    return await running


main()
