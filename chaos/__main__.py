"""`python -m chaos`: kill and freeze the service, and audit every message."""

import asyncio
import json
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click
import stamina.instrumentation
import uvloop
from rich.console import Console

from chaos.plan import Plan
from chaos.report import Report
from chaos.run import Observed, ShowProgress, run

# The exit code that shells use for an end by Ctrl-C.
ENDED_EARLY = 130


@click.command()
@click.option("--seed", type=click.IntRange(min=0), help="Repeats the plan of a run.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=45.0,
    show_default=True,
    help="How long messages and faults come.",
)
@click.option("--conversations", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--messages", type=click.IntRange(min=1), default=10, show_default=True, help="Of each conversation.")
@click.option("--no-echo", is_flag=True, help="Meta calls back no statuses, so nothing confirms a send.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def main(*, seed: int | None, seconds: float, conversations: int, messages: int, no_echo: bool, as_json: bool) -> None:
    """Kill and freeze the service while people write; exit with 1 when a promise is broken."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    plan = Plan(seed=seed, seconds=seconds, conversations=conversations, messages=messages, echo=not no_echo)
    show_progress = _printer(quiet=as_json)
    stamina.instrumentation.set_on_retry_hooks([])  # Meta's redeliveries need no log
    show_progress(f"seed {seed}; to repeat this run: {_command(plan)}")
    directory = Path(tempfile.mkdtemp(prefix="trunkline-chaos-"))
    try:
        observed = asyncio.run(_run_until_signalled(plan, directory, show_progress), loop_factory=uvloop.new_event_loop)
    except asyncio.CancelledError:
        shutil.rmtree(directory)
        click.echo("ended before the audit", err=True)
        sys.exit(ENDED_EARLY)
    report = Report(plan=plan, observed=observed)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        report.show(Console())
    if report.kept:
        shutil.rmtree(directory)
    else:
        report.keep(directory)
        click.echo(f"a promise is broken; evidence, logs and store are in {directory}", err=True)
        sys.exit(1)


def _printer(*, quiet: bool) -> ShowProgress:
    def show_progress(line: str) -> None:
        click.echo(line, err=quiet)

    return show_progress


def _command(plan: Plan) -> str:
    size = f"--seconds {plan.seconds:g} --conversations {plan.conversations} --messages {plan.messages}"
    return f"python -m chaos --seed {plan.seed} {size}{'' if plan.echo else ' --no-echo'}"


async def _run_until_signalled(plan: Plan, directory: Path, show_progress: ShowProgress) -> Observed:
    """SIGTERM and Ctrl-C end the run, also in the background. Nothing is left behind."""
    running = asyncio.create_task(run(plan, directory=directory, show_progress=show_progress))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    return await running


main()
