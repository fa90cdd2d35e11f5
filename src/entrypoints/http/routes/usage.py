"""An operators' route: what agents used, and what it cost."""

import datetime as dt
from typing import Annotated

from attrs import frozen
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.operating.report_usage import UsageBy, UsageSum, default_start
from domain.operators.operator import Operator
from domain.policies.budget import day_of
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services


@frozen(kw_only=True)
class UsageReport:
    """What agents used from the day `since` to the day `until` (UTC), both included; `total` is the sum of all.

    `turns` counts each turn once. Costs are in the currency of the runtime's price list.
    """

    since: dt.date
    until: dt.date
    items: list[UsageSum]
    total: UsageSum


@get(
    "/v1/usage",
    tags=["usage"],
    guards=[operators_only],
    security=[SECURITY],
    summary="Show what agents used, and what it cost",
    responses=problem_specs(400, 401, 403, 404, 429, 503),
)
async def show_usage(
    services: NamedDependency[Services],
    operator: NamedDependency[Operator],
    since: Annotated[
        dt.date | None, QueryParameter(name="from", description="The first day (UTC); else 30 days ago.")
    ] = None,
    until: Annotated[dt.date | None, QueryParameter(name="to", description="The last day (UTC); else today.")] = None,
    by: Annotated[list[UsageBy] | None, QueryParameter(description="What to group by; may be repeated.")] = None,
) -> UsageReport:
    last = until or day_of(services.clock.now())
    first = since or default_start(last)
    items = await services.report_usage(since=first, until=last, by=by or [UsageBy.DAY], channels=operator.channels)
    total = await services.report_usage(since=first, until=last, by=[], channels=operator.channels)
    return UsageReport(since=first, until=last, items=list(items), total=total[0] if total else UsageSum())
