"""Operators' routes for proposals: list, show, approve, reject."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from attrs import frozen
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from application.channels import UnknownChannelError
from application.ports.proposals import UnknownProposalError
from domain.conversations.proposals import ID_PATTERN, MAX_REASON_LENGTH, Proposal, ProposalState
from domain.operators.operator import Operator
from domain.people.person import channel_of
from entrypoints.http.audit_trail import ActionTarget
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.parameters import MAX_NAME
from entrypoints.http.problems import problem_specs
from entrypoints.http.proposal_view import ProposalView
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)


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
        operator: NamedDependency[Operator],
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
        for asked in filter(None, (channel, channel_of(conversation))):
            if not operator.sees(asked):
                raise UnknownChannelError(asked)
        found = str(await services.find(conversation)) if conversation else None
        page = await services.proposals.page(
            limit=limit,
            after=after or None,
            states=tuple(ProposalState) if in_state is None else (in_state,),
            channel=channel or None,
            conversation=found,
        )
        items = [ProposalView.of(each) for each in page.items if operator.sees(each.conversation.channel)]
        return ProposalsPageView(items=items, next=page.next)

    @get("/{proposal_id:str}", summary="Show a proposal and what became of it", responses=PROBLEMS)
    async def show_proposal(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        target: NamedDependency[ActionTarget],
        proposal_id: FromPath[str],
    ) -> ProposalView:
        return ProposalView.of(await _seen(services, operator, target, proposal_id))

    @post(
        "/{proposal_id:str}/approve",
        status_code=200,
        summary="Approve a proposal; an undelivered one is delivered again",
        responses=PROBLEMS | problem_specs(409),
    )
    async def approve_proposal(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        target: NamedDependency[ActionTarget],
        proposal_id: FromPath[str],
        data: JSONBody[Verdict | None] = None,
    ) -> ProposalView:
        await _seen(services, operator, target, proposal_id)
        return await _decided(services.decide_proposal.approve, proposal_id, operator, data)

    @post(
        "/{proposal_id:str}/reject",
        status_code=200,
        summary="Reject a proposal",
        responses=PROBLEMS | problem_specs(409),
    )
    async def reject_proposal(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        target: NamedDependency[ActionTarget],
        proposal_id: FromPath[str],
        data: JSONBody[Verdict | None] = None,
    ) -> ProposalView:
        await _seen(services, operator, target, proposal_id)
        return await _decided(services.decide_proposal.reject, proposal_id, operator, data)


async def _decided(
    decide: Callable[..., Awaitable[Proposal]], proposal_id: str, operator: Operator, verdict: Verdict | None
) -> ProposalView:
    reason = verdict.reason if verdict else ""
    return ProposalView.of(await decide(proposal_id=proposal_id, by=operator.name, reason=reason))


async def _seen(services: Services, operator: Operator, target: ActionTarget, proposal_id: str) -> Proposal:
    """The proposal, if it is of a channel that the operator sees.

    Raises:
        UnknownProposalError: it is not, or there is none of that id.
    """
    proposal = await services.proposals.show(proposal_id=proposal_id)
    if not operator.sees(proposal.conversation.channel):
        raise UnknownProposalError(proposal_id)
    target.name(proposal.conversation)
    return proposal
