"""`python -m bench`: what a message costs, and how fast the service is, beside a minimal one."""

import json

import click

from bench.machine import facts
from bench.parts import measure_parts
from bench.peers import jobs_per_second
from bench.plan import Plan
from bench.report import Results
from bench.trip import measure_trip


@click.command()
@click.option("--seconds", type=click.FloatRange(min=1), default=150.0, show_default=True, help="About how long.")
@click.option("--quick", is_flag=True, help="One short round of each: shows that it works, and measures little.")
@click.option("--trip", is_flag=True, help="The whole trip alone.")
@click.option("--peers", is_flag=True, help="Also arq and SAQ, which are installed from the package index.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def main(*, seconds: float, quick: bool, trip: bool, peers: bool, as_json: bool) -> None:
    """Measure on this machine. Compare only ratios, and only within one run."""
    results = measure(Plan.quick() if quick else Plan.full(seconds), only_trip=trip, with_peers=peers)
    if as_json:
        click.echo(json.dumps(results.as_json(), indent=2))
    else:
        results.show()


def measure(plan: Plan, *, only_trip: bool, with_peers: bool) -> Results:
    machine = facts()
    trip = measure_trip(plan)
    parts = None if only_trip else measure_parts(plan)
    peers = jobs_per_second(plan) if with_peers else {}
    return Results(machine=machine, trip=trip, parts=parts, peers_jobs_per_second=peers)


main()
