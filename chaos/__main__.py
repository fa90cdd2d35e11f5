"""`python -m chaos`: kill and freeze the service, and audit every message."""

import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import stamina.instrumentation

from chaos.ending import finish, run_until_stopped
from chaos.plan import Channel, Plan
from chaos.report import Report
from chaos.run import ShowProgress, run


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
@click.option(
    "--channel",
    "channels",
    type=click.Choice([channel.value for channel in Channel]),
    multiple=True,
    default=[channel.value for channel in Channel],
    show_default=True,
    help="Where people write; may be repeated.",
)
@click.option("--no-echo", is_flag=True, help="Meta calls back no statuses, so nothing confirms a send.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def main(
    *,
    seed: int | None,
    seconds: float,
    conversations: int,
    messages: int,
    channels: Sequence[str],
    no_echo: bool,
    as_json: bool,
) -> None:
    """Kill and freeze the service while people write; exit with 1 when a promise is broken."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    plan = Plan(
        seed=seed,
        seconds=seconds,
        conversations=conversations,
        messages=messages,
        echo=not no_echo,
        channels=tuple(channel for channel in Channel if channel in channels),
    )
    show_progress = _printer(quiet=as_json)
    stamina.instrumentation.set_on_retry_hooks([])  # Meta's redeliveries need no log
    show_progress(f"seed {seed}; to repeat this run: {_command(plan)}")
    directory = Path(tempfile.mkdtemp(prefix="trunkline-chaos-"))
    observed = run_until_stopped(run(plan, directory=directory, show_progress=show_progress), directory=directory)
    report = Report(plan=plan, observed=observed)
    if not report.kept:
        report.keep(directory)
    broken = "a promise is broken; evidence, logs and store are"
    finish(report, directory=directory, as_json=as_json, broken=broken)


def _printer(*, quiet: bool) -> ShowProgress:
    def show_progress(line: str) -> None:
        click.echo(line, err=quiet)

    return show_progress


def _command(plan: Plan) -> str:
    size = f"--seconds {plan.seconds:g} --conversations {plan.conversations} --messages {plan.messages}"
    channels = "" if plan.channels == tuple(Channel) else "".join(f" --channel {channel}" for channel in plan.channels)
    return f"python -m chaos --seed {plan.seed} {size}{channels}{'' if plan.echo else ' --no-echo'}"


main()
