"""`trunkline usage`."""

import datetime as dt
from pathlib import Path

import click

from application.operating.report_usage import UsageBy, UsageRangeError, UsageSum, default_start
from application.ports.store import StoreUnavailableError
from domain.policies.budget import day_of
from entrypoints.cli.common import config_dir_option, echo_list, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError

DAY = click.DateTime(formats=["%Y-%m-%d"])
GROUPINGS = click.Choice([each.value for each in UsageBy])


@click.command()
@config_dir_option
@click.option("--from", "since", type=DAY, help="The first day (UTC); else 30 days ago.")
@click.option("--to", "until", type=DAY, help="The last day (UTC); else today.")
@click.option("--by", type=GROUPINGS, multiple=True, default=("day",), help="What to group by; may be repeated.")
@json_option
@report_errors(ConfigurationError, StoreUnavailableError, UsageRangeError)
def usage(
    config_dir: Path, since: dt.datetime | None, until: dt.datetime | None, by: tuple[str, ...], *, as_json: bool
) -> None:
    """Show what agents used, and what it cost."""
    sums = run(_report(config_dir, since, until, [UsageBy(each) for each in by]))
    echo_list(sums, _line, none="Nothing was used.", as_json=as_json)


async def _report(
    config_dir: Path, since: dt.datetime | None, until: dt.datetime | None, by: list[UsageBy]
) -> tuple[UsageSum, ...]:
    async with opened_container(config_dir) as container:
        last = until.date() if until else day_of(container.clock().now())
        first = since.date() if since else default_start(last)
        return await container.use_cases().report_usage(since=first, until=last, by=by)


def _line(used: UsageSum) -> str:
    names = (str(name) for name in (used.day, used.channel, used.agent, used.model) if name is not None)
    counts = f"{used.turns} turns  {used.tokens_in} tokens in  {used.tokens_out} tokens out  cost {used.cost:.6f}"
    return one_line("  ".join([*names, counts]))
