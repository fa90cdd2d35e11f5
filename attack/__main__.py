"""`python -m attack`: send hostile inputs to a running service, and check that it stays within its bounds."""

import secrets
import tempfile
from pathlib import Path

import click

from attack.plan import Family, Plan
from attack.report import Report
from attack.run import run
from chaos.ending import finish, run_until_stopped


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
    observed = run_until_stopped(run(plan, directory=directory, show_progress=show_progress), directory=directory)
    report = Report(plan=plan, observed=observed)
    finish(report, directory=directory, as_json=as_json, broken="a bound is broken; logs and store are")


main()
