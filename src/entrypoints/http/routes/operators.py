"""Routes for the operators themselves: who am I, and, for an admin, who there is."""

from typing import Annotated, Any

import msgspec
from attrs import frozen
from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from domain.operators.operator import MAX_CHANNELS, NAME_PATTERN, Operator, Role
from entrypoints.http.audit_trail import ActionTarget
from entrypoints.http.cookie_session import csrf_token
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.operator_view import NewOperatorView, RegisteredView
from entrypoints.http.parameters import MAX_NAME
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)


@frozen(kw_only=True)
class MeView:
    """Who makes the request. `channels`: those they see; empty means all of them.

    `csrf_token`: with the cookie of a session, what X-CSRF-Token must have in requests that change something.
    """

    name: str
    role: Role
    channels: list[str]
    csrf_token: str


class NewOperator(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Without `channels`, the operator has all of them."""

    name: Annotated[str, msgspec.Meta(pattern=f"^{NAME_PATTERN}$")]
    role: Role
    channels: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]], msgspec.Meta(max_length=MAX_CHANNELS)
    ] = []


class OperatorController(Controller):
    path = "/v1/operators"
    tags = ("operators",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/me", summary="Show whose token this is, and what it opens", responses=PROBLEMS)
    async def show_me(self, request: Request[Any, Any, Any], operator: NamedDependency[Operator]) -> MeView:
        token = "" if "authorization" in request.headers else csrf_token(request)
        return MeView(name=operator.name, role=operator.role, channels=list(operator.channels), csrf_token=token)

    @get("/", summary="List operators", responses=PROBLEMS)
    async def list_operators(self, services: NamedDependency[Services]) -> list[RegisteredView]:
        return [RegisteredView.of(each) for each in await services.manage_operators.operators.all()]

    @post("/", summary="Add an operator; the answer has their token", responses=PROBLEMS | problem_specs(409, 422))
    async def add_operator(
        self,
        services: NamedDependency[Services],
        target: NamedDependency[ActionTarget],
        data: JSONBody[NewOperator],
    ) -> NewOperatorView:
        target.subject = data.name
        new = Operator(name=data.name, role=data.role, channels=tuple(data.channels))
        token = await services.manage_operators.add(
            operator=new, known_channels=[channel.name for channel in services.channels]
        )
        return NewOperatorView(name=new.name, role=new.role, channels=list(new.channels), token=token)

    @delete("/{name:str}", summary="Revoke an operator's token", responses=PROBLEMS)
    async def revoke_operator(self, services: NamedDependency[Services], name: FromPath[str]) -> None:
        await services.manage_operators.operators.remove(name=name)
