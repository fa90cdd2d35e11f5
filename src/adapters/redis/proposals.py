"""Proposals on Redis: a hash for each, and in each partition an index of each state.

Ids sort by time, so an index is a set in which all scores are equal: it is ordered by id. A proposal is in the
partition of its conversation, because it is stored with the reply of its turn.
"""

import asyncio
import contextlib
import heapq
import math
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import result_of
from adapters.redis.keys import Keys
from application.ports.proposals import (
    AlreadyDecidedError,
    ProposalCounts,
    ProposalDecision,
    ProposalsPage,
    UnknownProposalError,
)
from domain.conversations.proposals import ID_PATTERN, Proposal, ProposalState, ids_before

# Of a page whose filters leave out most, only so many are looked at.
MAX_LOOKED_AT = 1_000
# Approved proposals whose age is looked at for the metrics.
COUNTED_AT_ONCE = 100
TRIMMED_AT_ONCE = 1_000
SECOND = 1_000_000  # in microseconds
# What may be deleted. Open proposals expire first, and those under way are settled first.
ENDED = tuple(state for state in ProposalState if state not in {ProposalState.OPEN, ProposalState.DELIVERING})


@frozen(kw_only=True)
class RedisProposals:
    """Of each state that is an end, about `max_kept` are kept, each for `keep_seconds` after its last change."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = 60 * 24 * 3600.0
    max_kept: int = 10_000

    def added(self, partition: int, proposals: Sequence[Proposal]) -> tuple[list[str], list[scripts.Argument]]:
        """The further keys and arguments of `save_reply.lua`."""
        keys = [self._index(partition, ProposalState.OPEN)]
        arguments: list[scripts.Argument] = [self._keep_ms]
        for proposal in proposals:
            keys.append(self._record(partition, proposal.id))
            arguments += [proposal.id, codec.dump_proposal(proposal)]
        return keys, arguments

    async def page(
        self,
        *,
        limit: int,
        after: str | None = None,
        states: Sequence[ProposalState] = tuple(ProposalState),
        channel: str | None = None,
        conversation: str | None = None,
    ) -> ProposalsPage:
        found: list[Proposal] = []
        looked_at, start = 0, f"({after}" if after else "-"
        while looked_at < MAX_LOOKED_AT:
            ids = await self._ids(states, start, "+", limit)
            for proposal in await self._load(ids):
                at = proposal.conversation
                if channel in (None, at.channel) and conversation in (None, str(at)) and proposal.state in states:
                    found.append(proposal)
                if len(found) > limit:
                    return ProposalsPage(items=tuple(found[:limit]), next=found[limit - 1].id)
            if len(ids) < limit:
                return ProposalsPage(items=tuple(found))
            looked_at, start = looked_at + len(ids), f"({ids[-1][1]}"
        return ProposalsPage(items=tuple(found), next=start.removeprefix("("))

    async def show(self, *, proposal_id: str) -> Proposal:
        _, proposal = await self._find(proposal_id)
        return proposal

    async def decide(self, *, proposal_id: str, decision: ProposalDecision) -> Proposal:
        partition, _ = await self._find(proposal_id)
        states = (ProposalState.OPEN, ProposalState.UNDELIVERED, decision.state)
        keys = [
            self._record(partition, proposal_id),
            *(self._index(partition, state) for state in states),
            self._due(partition),
        ]
        only_open = int(decision.state is ProposalState.EXPIRED)
        arguments: list[scripts.Argument] = [proposal_id, decision.state.value, decision.by, repr(decision.at)]
        arguments += [decision.reason, self._keep_ms, only_open]
        decided, fields = await self.store.run(scripts.DECIDE_PROPOSAL, keys, arguments)
        proposal = _proposal(fields)
        if proposal is None:
            raise UnknownProposalError(proposal_id)
        if not decided:
            raise AlreadyDecidedError(proposal)
        return proposal

    async def claim_due(self, *, limit: int, seconds: float) -> tuple[Proposal, ...]:
        claimed: list[Proposal] = []
        for partition in range(self.keys.partitions):
            if left := limit - len(claimed):
                arguments: list[scripts.Argument] = [left, int(seconds * SECOND)]
                ids = await self.store.run(scripts.CLAIM_DUE, [self._due(partition)], arguments)
                proposals = await self._load([(partition, id_) for id_ in ids])
                claimed += proposals
                if lost := set(ids) - {proposal.id for proposal in proposals}:
                    await self.store.execute("ZREM", self._due(partition), *lost)
        return tuple(claimed)

    async def settle(self, *, proposal: Proposal, state: ProposalState, error: str = "", result: str = "") -> bool:
        partition = self.keys.partition_of(str(proposal.conversation))
        keys = [
            self._record(partition, proposal.id),
            self._index(partition, proposal.state),
            self._index(partition, state),
            self._due(partition),
        ]
        arguments: list[scripts.Argument] = [proposal.id, proposal.state.value, state.value, error, result]
        return bool(await self.store.run(scripts.SETTLE_PROPOSAL, keys, [*arguments, self._keep_ms]))

    async def retry_later(self, *, proposal: Proposal, after_seconds: float, error: str) -> None:
        partition = self.keys.partition_of(str(proposal.conversation))
        keys = [self._record(partition, proposal.id), self._due(partition)]
        arguments: list[scripts.Argument] = [proposal.id, proposal.state.value, int(after_seconds * SECOND), error]
        await self.store.run(scripts.RETRY_PROPOSAL, keys, arguments)

    async def open_before(self, *, at: float, limit: int) -> tuple[Proposal, ...]:
        return await self._load(await self._ids([ProposalState.OPEN], "-", f"({ids_before(at)}", limit))

    async def trim(self, *, before: float) -> None:
        for partition in range(self.keys.partitions):
            for state in ENDED:
                await self._trim(partition, self._index(partition, state), before)

    async def _trim(self, partition: int, index: str, before: float) -> None:
        too_old = await self.store.execute(
            "ZRANGEBYLEX", index, "-", f"({ids_before(before)}", "LIMIT", 0, TRIMMED_AT_ONCE
        )
        excess = await self.store.execute("ZCARD", index) - math.ceil(self.max_kept / self.keys.partitions)
        too_many = await self.store.execute("ZRANGE", index, 0, min(excess, TRIMMED_AT_ONCE) - 1) if excess > 0 else []
        ids = {*too_old, *too_many}
        if ids:
            await self.store.execute("DEL", *(self._record(partition, id_) for id_ in ids))
            await self.store.execute("ZREM", index, *ids)

    async def counts(self) -> ProposalCounts:
        parts = await asyncio.gather(*map(self._counts, range(self.keys.partitions)))
        oldest = min((at for _, _, at in parts if at is not None), default=None)
        return ProposalCounts(
            open=sum(count for count, _, _ in parts),
            undelivered=sum(count for _, count, _ in parts),
            oldest_undelivered_seconds=0.0 if oldest is None else max(0.0, time.time() - oldest),
        )

    async def _counts(self, partition: int) -> tuple[int, int, float | None]:
        delivering = self._index(partition, ProposalState.DELIVERING)
        answers = await self.store.run_together(
            ("ZCARD", self._index(partition, ProposalState.OPEN)),
            ("ZCARD", self._index(partition, ProposalState.UNDELIVERED)),
            ("ZRANGE", delivering, 0, COUNTED_AT_ONCE - 1),
        )
        is_open, undelivered, ids = map(result_of, answers)
        waiting = await self._load([(partition, id_) for id_ in ids])
        return is_open, undelivered, min((one.decided_at for one in waiting if one.decided_at), default=None)

    async def _ids(self, states: Iterable[ProposalState], start: str, end: str, limit: int) -> list[tuple[int, str]]:
        """Partition and id of the first proposals between two ids, in the order of the ids."""
        indexes = [
            (partition, self._index(partition, state)) for partition in range(self.keys.partitions) for state in states
        ]
        answers = await self.store.run_together(
            *(("ZRANGEBYLEX", index, start, end, "LIMIT", 0, limit) for _, index in indexes)
        )
        by_index = [
            [(id_, partition) for id_ in result_of(answer)]
            for (partition, _), answer in zip(indexes, answers, strict=True)
        ]
        # One that changes its state meanwhile may be in two of them.
        in_order = dict.fromkeys((partition, id_) for id_, partition in heapq.merge(*by_index))
        return list(in_order)[:limit]

    async def _find(self, proposal_id: str) -> tuple[int, Proposal]:
        """The partition of a proposal, and the proposal. Its id does not tell the partition: all are asked."""
        if re.fullmatch(ID_PATTERN, proposal_id):
            places = [(partition, proposal_id) for partition in range(self.keys.partitions)]
            for proposal in await self._load(places):
                return self.keys.partition_of(str(proposal.conversation)), proposal
        raise UnknownProposalError(proposal_id)

    async def _load(self, places: Sequence[tuple[int, str]]) -> tuple[Proposal, ...]:
        """Those of them that are there, and can be read."""
        answers = await self.store.run_together(
            *(("HGETALL", self._record(partition, id_)) for partition, id_ in places)
        )
        proposals = (_proposal(result_of(answer)) for answer in answers)
        return tuple(proposal for proposal in proposals if proposal is not None)

    @property
    def _keep_ms(self) -> int:
        return int(self.keep_seconds * 1000)

    def _record(self, partition: int, proposal_id: str) -> str:
        return self.keys.of(partition, f"proposal:{proposal_id}")

    def _index(self, partition: int, state: ProposalState) -> str:
        return self.keys.of(partition, f"proposals:{state.value}")

    def _due(self, partition: int) -> str:
        return self.keys.of(partition, "proposals_due")


def _proposal(stored: Any) -> Proposal | None:
    """The proposal as it was stored, with what was changed since. None where it is gone, or cannot be read."""
    fields: Mapping[str, str] = (
        stored if isinstance(stored, Mapping) else dict(zip(stored[::2], stored[1::2], strict=True))
    )
    with contextlib.suppress(*codec.DECODE_ERRORS):
        decided_at = fields.get("decided_at")
        return evolve(
            codec.load_proposal(fields["proposal"]),
            state=ProposalState(fields["state"]),
            decided_by=fields.get("decided_by", ""),
            decided_at=float(decided_at) if decided_at else None,
            reason=fields.get("reason", ""),
            attempts=int(fields.get("attempts", 0)),
            error=fields.get("error", ""),
            result=fields.get("result", ""),
        )
    return None
