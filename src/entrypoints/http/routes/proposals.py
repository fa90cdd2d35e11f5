"""Operators' routes for proposals: list, show, approve, reject."""

from typing import Annotated, Any

import msgspec
from attrs import frozen
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from domain.conversations.proposals import ID_PATTERN, MAX_REASON_LENGTH, ProposalState
from entrypoints.http.operator_access import SECURITY, operator_of, operators_only
from entrypoints.http.parameters import MAX_NAME
from entrypoints.http.problems import problem_specs
from entrypoints.http.proposal_view import ProposalView
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 404, 429, 503)


@frozen(kw_only=True)
class ProposalsPageView:
    """Some proposals, oldest first. `next` is the `after` of the next page; None if there are no more.

    With filters, a page may have fewer than `limit` although there is a next one.
    """

    items: list[ProposalView]
    next: str | None


class Verdict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why, in the operator's own words. The agent reads it."""

    reason: Annotated[str, msgspec.Meta(max_length=MAX_REASON_LENGTH)] = ""


class ProposalController(Controller):
    """For operators."""

    path = "/v1/proposals"
    tags = ("proposals",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/", summary="List what agents proposed, oldest first", responses=PROBLEMS)
    async def list_proposals(
        self,
        *,
        services: NamedDependency[Services],
        # Litestar keeps the name `state` for itself.
        in_state: Annotated[
            ProposalState | None, QueryParameter(name="state", description="Only in this state.")
        ] = None,
        channel: Annotated[str, QueryParameter(max_length=MAX_NAME, description="Only of this channel.")] = "",
        conversation: Annotated[
            str, QueryParameter(max_length=MAX_NAME, description="Only of this conversation: channel:user.")
        ] = "",
        limit: Annotated[int, QueryParameter(ge=1, le=100)] = 50,
        after: Annotated[
            str, QueryParameter(pattern=f"^({ID_PATTERN})?$", description="The `next` of the previous page.")
        ] = "",
    ) -> ProposalsPageView:
        found = str(await services.find(conversation)) if conversation else None
        page = await services.proposals.page(
            limit=limit,
            after=after or None,
            states=tuple(ProposalState) if in_state is None else (in_state,),
            channel=channel or None,
            conversation=found,
        )
        return ProposalsPageView(items=[ProposalView.of(proposal) for proposal in page.items], next=page.next)

    @get("/{proposal_id:str}", summary="Show a proposal and what became of it", responses=PROBLEMS)
    async def show_proposal(self, services: NamedDependency[Services], proposal_id: FromPath[str]) -> ProposalView:
        return ProposalView.of(await services.proposals.show(proposal_id=proposal_id))

    @post(
        "/{proposal_id:str}/approve",
        status_code=200,
        summary="Approve a proposal; an undelivered one is delivered again",
        responses=PROBLEMS | problem_specs(409),
    )
    async def approve_proposal(
        self,
        request: Request[Any, Any, Any],
        services: NamedDependency[Services],
        proposal_id: FromPath[str],
        data: JSONBody[Verdict | None] = None,
    ) -> ProposalView:
        verdict = data or Verdict()
        approved = await services.decide_proposal.approve(
            proposal_id=proposal_id, by=operator_of(request), reason=verdict.reason
        )
        return ProposalView.of(approved)

    @post(
        "/{proposal_id:str}/reject",
        status_code=200,
        summary="Reject a proposal",
        responses=PROBLEMS | problem_specs(409),
    )
    async def reject_proposal(
        self,
        request: Request[Any, Any, Any],
        services: NamedDependency[Services],
        proposal_id: FromPath[str],
        data: JSONBody[Verdict | None] = None,
    ) -> ProposalView:
        verdict = data or Verdict()
        rejected = await services.decide_proposal.reject(
            proposal_id=proposal_id, by=operator_of(request), reason=verdict.reason
        )
        return ProposalView.of(rejected)
