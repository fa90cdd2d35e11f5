"""Operators' routes for a person's data: show, export, erase."""

from litestar import Controller, delete, get
from litestar.di import NamedDependency
from litestar.response import Stream

from entrypoints.http.audit_trail import ActionTarget
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.parameters import ConversationName
from entrypoints.http.person_view import ErasedView, PersonView, export_document
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)


class PersonController(Controller):
    """For operators. A person has every conversation that is joined to the one that is named."""

    path = "/v1/persons/{conversation:str}"
    tags = ("persons",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/", summary="Count what is stored of a person", responses=PROBLEMS)
    async def show_person(self, services: NamedDependency[Services], conversation: ConversationName) -> PersonView:
        return PersonView.of(await services.persons_data.show(conversation))

    @get(
        "/export",
        media_type="application/json",
        summary="Export everything that is stored of a person",
        description="One JSON document. If it breaks off, the store failed: ask again.",
        responses=PROBLEMS,
    )
    async def export_person(self, services: NamedDependency[Services], conversation: ConversationName) -> Stream:
        export = await services.persons_data.export(conversation)
        headers = {"Content-Disposition": 'attachment; filename="person.json"', "Cache-Control": "no-store"}
        return Stream(export_document(export), headers=headers)

    @delete(
        "/",
        status_code=200,
        summary="Erase everything that is stored of a person",
        description="A turn under way may end first, for 30 seconds. To repeat it is safe, and completes what was "
        "interrupted; 404 when nothing is left.",
        responses=PROBLEMS,
    )
    async def erase_person(
        self,
        services: NamedDependency[Services],
        conversation: ConversationName,
        target: NamedDependency[ActionTarget],
    ) -> ErasedView:
        erased = await services.persons_data.erase(conversation)
        target.name(erased.conversations[0])  # afterwards, no other name leads to it
        return ErasedView.of(erased)
