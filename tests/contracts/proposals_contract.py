"""What all stores of proposals promise."""

import asyncio
from typing import Any

import pytest
from attrs import evolve

from application.ports.forgetting import OldSession
from application.ports.leases import LeaseLostError
from application.ports.proposals import AlreadyDecidedError, ProposalDecision, Proposals, UnknownProposalError
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, begin_one, take_over
from contracts.usage_contract import DAY, counted
from domain.conversations.proposals import Proposal, ProposalState
from support.messages import BOB, enqueued
from support.polling import eventually
from support.proposals import proposals_of

NOBODY = "1800000000000-01-0123456789ab"


def decision(
    state: ProposalState, *, by: str = "olga", at: float = 1_800_000_100.0, reason: str = ""
) -> ProposalDecision:
    return ProposalDecision(state=state, by=by, at=at, reason=reason)


class ProposalsContract:
    """Inherit, and provide the fixtures `mailbox`, which has `proposals`, and `keys`."""

    @pytest.fixture
    def proposals(self, mailbox: Any) -> Proposals:
        return mailbox.proposals  # type: ignore[no-any-return]

    async def test_they_are_stored_with_the_reply(self, mailbox: Any, proposals: Proposals) -> None:
        """In order, and once, however often the step is repeated."""
        made = await self._made(mailbox, 3, repeat=2)

        page = await proposals.page(limit=10)

        assert page.items == made
        assert page.next is None

    async def test_they_are_stored_beside_all_else(self, mailbox: Any, proposals: Proposals) -> None:
        """What the run used is counted, and an old session is kept to be cleared, in the same step."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        made = proposals_of(turn, count=2)
        changes = evolve(
            counted(),
            proposals=made,
            forget=(OldSession(agent="assistant", session_id="old", since=0.0),),
            state={"session": 1},
        )

        await mailbox.save_reply(claim=claim, reply=ANSWER, changes=changes)

        assert (await proposals.page(limit=10)).items == made
        assert len(await mailbox.usage.rows(since=DAY, until=DAY)) == 3
        (old,) = await mailbox.forgetting.due(limit=9, retry_seconds=60)
        assert old.session_id == "old"

    @pytest.mark.parametrize("name", ["record_sent", "retry_later", "defer", "complete", "dead_letter", "release"])
    async def test_no_other_step_stores_them(self, mailbox: Any, proposals: Proposals, name: str) -> None:
        """After such a step the agent runs again, and proposes again."""
        more: dict[str, dict[str, object]] = {
            "retry_later": {"after_seconds": 0, "error": "why"},
            "defer": {"after_seconds": 0},
            "dead_letter": {"reason": "why"},
        }
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await getattr(mailbox, name)(
            claim=claim, changes=TurnChanges(proposals=proposals_of(turn)), **more.get(name, {})
        )

        assert (await proposals.page(limit=10)).items == ()

    async def test_a_stale_worker_stores_none(self, mailbox: Any, proposals: Proposals) -> None:
        """Of two workers with one turn, the one whose reply counts proposes."""
        await mailbox.accept(messages=[enqueued()])
        stale, turn = await begin_one(mailbox)
        claim = await take_over(mailbox, worker="b")
        with pytest.raises(LeaseLostError):
            await mailbox.save_reply(
                claim=stale, reply=ANSWER, changes=TurnChanges(proposals=proposals_of(turn, at=1_800_000_000.0))
            )
        second = proposals_of(turn, at=1_800_000_001.0)
        await mailbox.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges(proposals=second))

        assert (await proposals.page(limit=10)).items == second

    async def test_a_repeated_step_undoes_no_decision(self, mailbox: Any, proposals: Proposals) -> None:
        """Its answer was lost, and somebody decided meanwhile."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        changes = TurnChanges(proposals=proposals_of(turn))
        await mailbox.save_reply(claim=claim, reply=ANSWER, changes=changes)
        rejected = await proposals.decide(
            proposal_id=changes.proposals[0].id, decision=decision(ProposalState.REJECTED)
        )

        await mailbox.save_reply(claim=claim, reply=ANSWER, changes=changes)

        assert (await proposals.page(limit=10)).items == (rejected,)

    async def test_one_is_shown(self, mailbox: Any, proposals: Proposals) -> None:
        """By its id. Others, and what is no id, are unknown."""
        (made,) = await self._made(mailbox)

        assert await proposals.show(proposal_id=made.id) == made
        for unknown in (NOBODY, "x", "", "*"):
            with pytest.raises(UnknownProposalError):
                await proposals.show(proposal_id=unknown)

    async def test_pages_go_on_behind_each_other(self, mailbox: Any, proposals: Proposals) -> None:
        """Oldest first, over all conversations. The last one has no next."""
        made = [*await self._made(mailbox, 3), *await self._made(mailbox, 2, at=1_800_000_005.0, person=BOB)]
        found, after = list[Proposal](), None
        for _ in range(3):
            page = await proposals.page(limit=2, after=after)
            found += page.items
            after = page.next

        assert found == made
        assert after is None

    async def test_pages_are_filtered(self, mailbox: Any, proposals: Proposals) -> None:
        """By state, channel and conversation."""
        of_ana = await self._made(mailbox, 2)
        (of_bob,) = await self._made(mailbox, at=1_800_000_005.0, person=BOB)
        rejected = await proposals.decide(proposal_id=of_ana[0].id, decision=decision(ProposalState.REJECTED))

        assert (await proposals.page(limit=9, states=[ProposalState.OPEN])).items == (of_ana[1], of_bob)
        assert (await proposals.page(limit=9, states=[ProposalState.REJECTED])).items == (rejected,)
        assert (await proposals.page(limit=9, conversation=str(of_bob.conversation))).items == (of_bob,)
        assert (await proposals.page(limit=9, channel="whatsapp")).items == (rejected, of_ana[1], of_bob)
        assert (await proposals.page(limit=9, channel="other")).items == ()

    async def test_a_decision_is_kept(self, mailbox: Any, proposals: Proposals) -> None:
        """Who decided, when and why."""
        (made,) = await self._made(mailbox)

        decided = await proposals.decide(
            proposal_id=made.id, decision=decision(ProposalState.DELIVERING, reason="known customer")
        )

        assert decided == evolve(
            made,
            state=ProposalState.DELIVERING,
            decided_by="olga",
            decided_at=1_800_000_100.0,
            reason="known customer",
        )
        assert await proposals.show(proposal_id=made.id) == decided

    async def test_a_proposal_is_decided_once(self, mailbox: Any, proposals: Proposals) -> None:
        """Of many who approve and reject at the same time, one does. The others learn how it was decided."""
        (made,) = await self._made(mailbox)
        verdicts = [ProposalState.DELIVERING, ProposalState.REJECTED, ProposalState.EXPIRED] * 4

        answers = await asyncio.gather(
            *(
                proposals.decide(proposal_id=made.id, decision=decision(state, by=f"operator {number}"))
                for number, state in enumerate(verdicts)
            ),
            return_exceptions=True,
        )

        (decided,) = (answer for answer in answers if isinstance(answer, Proposal))
        refused = [answer for answer in answers if isinstance(answer, AlreadyDecidedError)]
        assert [error.proposal for error in refused] == [decided] * (len(verdicts) - 1)
        assert len(await proposals.claim_due(limit=9, seconds=60)) == 1

    async def test_an_unknown_one_is_not_decided(self, proposals: Proposals, mailbox: Any) -> None:
        """And it does not begin to exist by that."""
        with pytest.raises(UnknownProposalError):
            await proposals.decide(proposal_id=NOBODY, decision=decision(ProposalState.REJECTED))

        assert await proposals.claim_due(limit=9, seconds=60) == ()

    async def test_a_decided_one_is_due_once(self, mailbox: Any, proposals: Proposals) -> None:
        """Open ones are not. Nobody else gets it for a while; then it is due again, until it is settled."""
        made, _ = await self._made(mailbox, 2)
        assert await proposals.claim_due(limit=9, seconds=60) == ()
        decided = await proposals.decide(proposal_id=made.id, decision=decision(ProposalState.DELIVERING))

        assert await proposals.claim_due(limit=9, seconds=0.05) == (decided,)
        assert await proposals.claim_due(limit=9, seconds=0.05) == ()
        assert await eventually(lambda: proposals.claim_due(limit=9, seconds=60)) == (decided,)

    async def test_only_so_many_are_claimed(self, mailbox: Any, proposals: Proposals) -> None:
        """Those that have waited longest."""
        made = await self._made(mailbox, 3)
        for proposal in made:
            await proposals.decide(proposal_id=proposal.id, decision=decision(ProposalState.REJECTED))

        first = await proposals.claim_due(limit=2, seconds=60)

        assert [proposal.id for proposal in first] == [made[0].id, made[1].id]
        assert len(await proposals.claim_due(limit=2, seconds=60)) == 1

    async def test_it_is_settled_once(self, mailbox: Any, proposals: Proposals) -> None:
        """With the result. A slower worker changes nothing any more."""
        claimed = await self._delivering(mailbox, proposals)

        assert await proposals.settle(proposal=claimed, state=ProposalState.DONE, result="order 17")
        assert not await proposals.settle(proposal=claimed, state=ProposalState.UNDELIVERED, error="late")
        await proposals.retry_later(proposal=claimed, after_seconds=0, error="late")

        done = await proposals.show(proposal_id=claimed.id)
        assert (done.state, done.result, done.error, done.attempts) == (ProposalState.DONE, "order 17", "", 0)
        assert (await proposals.page(limit=9, states=[ProposalState.DONE])).items == (done,)
        assert (await proposals.page(limit=9, states=[ProposalState.DELIVERING])).items == ()
        assert (await proposals.counts()).oldest_undelivered_seconds == 0
        assert await proposals.claim_due(limit=9, seconds=60) == ()

    async def test_a_rejection_is_settled_as_such(self, mailbox: Any, proposals: Proposals) -> None:
        """Its state stays."""
        (made,) = await self._made(mailbox)
        rejected = await proposals.decide(proposal_id=made.id, decision=decision(ProposalState.REJECTED))

        assert await proposals.settle(proposal=rejected, state=ProposalState.REJECTED)
        assert (await proposals.page(limit=9, states=[ProposalState.REJECTED])).items == (rejected,)
        assert not await proposals.settle(proposal=rejected, state=ProposalState.REJECTED)

    async def test_a_failed_attempt_is_counted(self, mailbox: Any, proposals: Proposals) -> None:
        """It is due again later, and says why it failed."""
        claimed = await self._delivering(mailbox, proposals)

        await proposals.retry_later(proposal=claimed, after_seconds=60, error="HTTP 500")
        assert await proposals.claim_due(limit=9, seconds=60) == ()
        await proposals.retry_later(proposal=claimed, after_seconds=0, error="HTTP 503")

        (again,) = await eventually(lambda: proposals.claim_due(limit=9, seconds=60))
        assert again == evolve(claimed, attempts=2, error="HTTP 503")

    async def test_an_undelivered_one_is_decided_again(self, mailbox: Any, proposals: Proposals) -> None:
        """Its failures are counted afresh. It never expires."""
        claimed = await self._delivering(mailbox, proposals)
        await proposals.retry_later(proposal=claimed, after_seconds=0, error="HTTP 500")
        assert await proposals.settle(proposal=claimed, state=ProposalState.UNDELIVERED, error="HTTP 500")
        with pytest.raises(AlreadyDecidedError):
            await proposals.decide(proposal_id=claimed.id, decision=decision(ProposalState.EXPIRED))
        assert (await proposals.counts()).undelivered == 1

        again = await proposals.decide(
            proposal_id=claimed.id, decision=decision(ProposalState.DELIVERING, by="paul", at=1_800_000_200.0)
        )

        assert again == evolve(claimed, decided_by="paul", decided_at=1_800_000_200.0)
        assert await proposals.claim_due(limit=9, seconds=60) == (again,)
        assert (await proposals.page(limit=9, states=[ProposalState.UNDELIVERED])).items == ()
        assert (await proposals.counts()).undelivered == 0

    async def test_open_ones_from_before_a_moment(self, mailbox: Any, proposals: Proposals) -> None:
        """Oldest first, without those that were decided."""
        early = await self._made(mailbox, 3)
        await self._made(mailbox, at=1_800_000_009.0, person=BOB)
        await proposals.decide(proposal_id=early[1].id, decision=decision(ProposalState.REJECTED))

        assert await proposals.open_before(at=1_800_000_009.0, limit=9) == (early[0], early[2])
        assert await proposals.open_before(at=1_800_000_009.0, limit=1) == early[:1]
        assert await proposals.open_before(at=1_800_000_000.0, limit=9) == ()

    async def test_what_is_over_is_deleted_in_the_end(self, mailbox: Any, proposals: Proposals) -> None:
        """Neither open ones nor those under way."""
        over, under_way, is_open = await self._made(mailbox, 3)
        rejected = await proposals.decide(proposal_id=over.id, decision=decision(ProposalState.REJECTED))
        await proposals.settle(proposal=rejected, state=ProposalState.REJECTED)
        delivering = await proposals.decide(proposal_id=under_way.id, decision=decision(ProposalState.DELIVERING))

        await proposals.trim(before=1_800_000_000.0)
        assert len((await proposals.page(limit=9)).items) == 3
        await proposals.trim(before=1_800_000_001.0)

        assert (await proposals.page(limit=9)).items == (delivering, is_open)
        with pytest.raises(UnknownProposalError):
            await proposals.show(proposal_id=over.id)

    async def test_only_so_many_ended_ones_are_kept(self, mailbox: Any, proposals: Any) -> None:
        """The oldest go first."""
        made = await self._made(mailbox, 4)
        limited = evolve(proposals, max_kept=2)
        for one in made[:3]:
            rejected = await limited.decide(proposal_id=one.id, decision=decision(ProposalState.REJECTED))
            await limited.settle(proposal=rejected, state=ProposalState.REJECTED)

        await limited.trim(before=0)

        assert [one.id for one in (await limited.page(limit=9)).items] == [one.id for one in made[1:]]

    async def test_they_are_counted(self, mailbox: Any, proposals: Proposals) -> None:
        """How many are open, and how long the oldest approved one has been waiting for its delivery."""
        assert (await proposals.counts()).oldest_undelivered_seconds == 0
        await self._made(mailbox, 2)
        await self._delivering(mailbox, proposals, at=0)

        counts = await proposals.counts()

        assert (counts.open, counts.undelivered) == (2, 0)
        assert counts.oldest_undelivered_seconds > 3600

    async def _made(self, mailbox: Any, count: int = 1, *, repeat: int = 1, **proposed: Any) -> tuple[Proposal, ...]:
        """Proposals of a new turn."""
        person = {"person": proposed.pop("person")} if "person" in proposed else {}
        await mailbox.accept(messages=[enqueued(**person)])
        claim, turn = await begin_one(mailbox)
        made = proposals_of(turn, count=count, **proposed)
        for _ in range(repeat):
            await mailbox.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges(proposals=made))
        await mailbox.complete(claim=claim)
        return made

    async def _delivering(self, mailbox: Any, proposals: Proposals, *, at: float = 1_800_000_100.0) -> Proposal:
        (made,) = await self._made(mailbox, at=1_800_000_003.0)
        await proposals.decide(proposal_id=made.id, decision=decision(ProposalState.DELIVERING, at=at or 1.0))
        (claimed,) = await proposals.claim_due(limit=1, seconds=60)
        return claimed
