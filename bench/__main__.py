"""`python -m bench`: how fast webhooks are stored, answered and passed to the agent, beside a minimal service."""

import json

import click

from bench import measures
from bench.machine import facts
from bench.plan import Plan
from bench.report import Results


@click.command()
@click.option("--seconds", type=click.FloatRange(min=1), default=75.0, show_default=True, help="About how long.")
@click.option("--quick", is_flag=True, help="One short round of each: shows that it works, and measures little.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def main(*, seconds: float, quick: bool, as_json: bool) -> None:
    """Measure on this machine. Compare only ratios, and only within one run."""
    results = measure(Plan.within(5, rounds=1, at_once=500, callers=8) if quick else Plan.within(seconds))
    if as_json:
        click.echo(json.dumps(results.as_json(), indent=2))
    else:
        results.show()


def measure(plan: Plan) -> Results:
    machine = facts()
    stored = measures.stored_per_second(plan)
    to_200, to_agent = measures.times(plan)
    return Results(
        machine=machine,
        callers=plan.callers,
        messages_per_second=stored,
        to_200=to_200,
        to_agent=to_agent,
        turns_per_second=measures.turns_per_second(plan),
        mailbox_turns_per_second=measures.mailbox_turns_per_second(plan),
        to_200_while_agent_takes_20_s=measures.times_while_agent_is_slow(plan),
        many_at_once=measures.many_at_once(plan),
    )


main()
