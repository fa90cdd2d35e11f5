"""Read the configuration again."""

from litestar import post
from litestar.di import NamedDependency

from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services
from entrypoints.settings.reloading import Reloaded


@post(
    "/v1/reload",
    status_code=200,
    tags=["operations"],
    summary="Read the configuration again: channels, texts, secrets, routing",
    description="All processes of one supervisor do the same. A configuration that cannot be used changes nothing: 400 "
    "has all its problems.",
    guards=[operators_only],
    security=[SECURITY],
    responses=problem_specs(400, 401, 403, 404),
)
async def reload(services: NamedDependency[Services]) -> Reloaded:
    return await services.reload()
