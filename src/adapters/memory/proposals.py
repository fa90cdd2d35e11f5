"""Proposals in memory."""

import time
from collections.abc import Sequence

from attrs import define, evolve, field

from application.ports.proposals import (
    AlreadyDecidedError,
    ProposalCounts,
    ProposalDecision,
    ProposalsPage,
    UnknownProposalError,
)
from domain.conversations.proposals import UNDECIDED, Proposal, ProposalState, ids_before


@define(kw_only=True)
class MemoryProposals:
    """`max_kept` ended ones are kept of each state. `due` says when each decided one is due (monotonic)."""

    max_kept: int = 10_000
    by_id: dict[str, Proposal] = field(factory=dict)
    due: dict[str, float] = field(factory=dict)

    def add(self, proposals: Sequence[Proposal]) -> None:
        for proposal in proposals:
            self.by_id.setdefault(proposal.id, proposal)

    async def page(
        self,
        *,
        limit: int,
        after: str | None = None,
        states: Sequence[ProposalState] = tuple(ProposalState),
        channel: str | None = None,
        conversation: str | None = None,
    ) -> ProposalsPage:
        found = [
            proposal
            for proposal in self._in_order(*states)
            if (after is None or proposal.id > after)
            and channel in (None, proposal.conversation.channel)
            and conversation in (None, str(proposal.conversation))
        ]
        return ProposalsPage(items=tuple(found[:limit]), next=found[limit - 1].id if len(found) > limit else None)

    async def show(self, *, proposal_id: str) -> Proposal:
        try:
            return self.by_id[proposal_id]
        except KeyError as error:
            raise UnknownProposalError(proposal_id) from error

    async def decide(self, *, proposal_id: str, decision: ProposalDecision) -> Proposal:
        proposal = await self.show(proposal_id=proposal_id)
        expires = decision.state is ProposalState.EXPIRED
        if proposal.state is not ProposalState.OPEN and (expires or proposal.state not in UNDECIDED):
            raise AlreadyDecidedError(proposal)
        decided = evolve(
            proposal,
            state=decision.state,
            decided_by=decision.by,
            decided_at=decision.at,
            reason=decision.reason,
            attempts=0,
            error="",
        )
        self.by_id[proposal_id], self.due[proposal_id] = decided, time.monotonic()
        return decided

    async def claim_due(self, *, limit: int, seconds: float) -> tuple[Proposal, ...]:
        now = time.monotonic()
        ids = sorted((id_ for id_, due in self.due.items() if due <= now), key=self.due.__getitem__)[:limit]
        self.due |= dict.fromkeys(ids, now + seconds)
        return tuple(self.by_id[id_] for id_ in ids)

    async def settle(self, *, proposal: Proposal, state: ProposalState, error: str = "", result: str = "") -> bool:
        if not self._is_claimed(proposal):
            return False
        present = self.by_id[proposal.id]
        self.by_id[proposal.id] = evolve(present, state=state, error=error, result=result)
        del self.due[proposal.id]
        return True

    async def retry_later(self, *, proposal: Proposal, after_seconds: float, error: str) -> None:
        if self._is_claimed(proposal):
            present = self.by_id[proposal.id]
            self.by_id[proposal.id] = evolve(present, attempts=present.attempts + 1, error=error)
            self.due[proposal.id] = time.monotonic() + after_seconds

    async def open_before(self, *, at: float, limit: int) -> tuple[Proposal, ...]:
        return tuple(one for one in self._in_order(ProposalState.OPEN) if one.id < ids_before(at))[:limit]

    async def trim(self, *, before: float) -> None:
        for state in ProposalState:
            ended = [one.id for one in self._in_order(state) if one.id not in self.due]
            if state is not ProposalState.OPEN:
                too_many = ended[: -self.max_kept]
                for id_ in {*too_many, *(one for one in ended if one < ids_before(before))}:
                    del self.by_id[id_]

    async def counts(self) -> ProposalCounts:
        waiting = [one.decided_at for one in self._in_order(ProposalState.DELIVERING) if one.decided_at is not None]
        return ProposalCounts(
            open=len(self._in_order(ProposalState.OPEN)),
            undelivered=len(self._in_order(ProposalState.UNDELIVERED)),
            oldest_undelivered_seconds=max(0.0, time.time() - min(waiting)) if waiting else 0.0,
        )

    def _in_order(self, *states: ProposalState) -> list[Proposal]:
        return sorted((one for one in self.by_id.values() if one.state in states), key=lambda one: one.id)

    def _is_claimed(self, proposal: Proposal) -> bool:
        return proposal.id in self.due and self.by_id[proposal.id].state is proposal.state
