"""Operators' routes for dead letters: list, show, replay, discard."""

from typing import Annotated

from attrs import frozen
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from application.ports.dead_letters import AnyDeadLetter, DeadLetter, UnknownDeadLetterError
from domain.operators.operator import Operator
from domain.people.person import channel_of
from entrypoints.http.audit_trail import ActionTarget
from entrypoints.http.dead_letter_view import DeadLetterView
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

# Empty: no id.
LETTER_ID = r"^([0-9]+\.[0-9]+-[0-9]+)?$"

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)


@frozen(kw_only=True)
class Page:
    """Some dead letters, oldest first. `next` is the `after` of the next page; None if there are no more.

    A page may be short, or empty, although there is a next one: an operator of some channels sees only theirs.
    """

    items: list[DeadLetterView]
    next: str | None


class DeadLetterController(Controller):
    """For operators."""

    path = "/v1/dead-letters"
    tags = ("dead letters",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/", summary="List dead letters, oldest first", responses=PROBLEMS)
    async def list_dead_letters(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
        after: Annotated[str, QueryParameter(pattern=LETTER_ID, description="The last id of the previous page.")] = "",
    ) -> Page:
        letters = await services.dead_letters.page(limit=limit, after=after or None)
        full = len(letters) == limit
        return Page(
            items=[DeadLetterView.of(letter) for letter in letters if operator.sees(_channel(letter))],
            next=letters[-1].id if full else None,
        )

    @get("/{letter_id:str}", summary="Show a dead letter and its progress", responses=PROBLEMS)
    async def show_dead_letter(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        target: NamedDependency[ActionTarget],
        letter_id: FromPath[str],
    ) -> DeadLetterView:
        return DeadLetterView.of(await _seen(services, operator, target, letter_id))

    @post(
        "/{letter_id:str}/replay",
        status_code=204,
        summary="Put the turn back at the head of its conversation; only the missing parts are sent",
        responses=PROBLEMS | problem_specs(409),
    )
    async def replay_dead_letter(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        target: NamedDependency[ActionTarget],
        letter_id: FromPath[str],
    ) -> None:
        await _seen(services, operator, target, letter_id)
        await services.replay(letter_id=letter_id)

    @delete("/{letter_id:str}", summary="Discard a dead letter", responses=PROBLEMS)
    async def discard_dead_letter(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        target: NamedDependency[ActionTarget],
        letter_id: FromPath[str],
    ) -> None:
        await _seen(services, operator, target, letter_id)
        await services.dead_letters.discard(letter_id=letter_id)


async def _seen(services: Services, operator: Operator, target: ActionTarget, letter_id: str) -> AnyDeadLetter:
    """The dead letter, if it is of a channel that the operator sees.

    Raises:
        UnknownDeadLetterError: it is not, or there is none of that id.
    """
    letter = await services.dead_letters.show(letter_id=letter_id)
    if not operator.sees(_channel(letter)):
        raise UnknownDeadLetterError(letter_id)
    target.name(letter.turn.conversation if isinstance(letter, DeadLetter) else letter.conversation)
    return letter


def _channel(letter: AnyDeadLetter) -> str:
    if isinstance(letter, DeadLetter):
        return letter.turn.conversation.channel
    return channel_of(letter.conversation)
