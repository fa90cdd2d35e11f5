"""Both stores of proposals keep the contract, with one partition and with several."""

import pytest
from attrs import evolve

from adapters.memory.mailbox import MemoryMailbox
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.proposals import UnknownProposalError
from application.ports.store import StoreUnavailableError
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, LEASE_SECONDS
from contracts.proposals_contract import NOBODY, ProposalsContract, decision
from domain.conversations.proposals import Proposal, ProposalState
from domain.people.person import Person
from support.messages import enqueued
from support.proposals import proposals_of

DAY = 24 * 3600


class TestMemoryProposals(ProposalsContract):
    @pytest.fixture
    def mailbox(self) -> MemoryMailbox:
        return MemoryMailbox(lease_seconds=LEASE_SECONDS)


class TestRedisProposals(ProposalsContract):
    @pytest.fixture
    async def mailbox(self, store: StoreConnections, keys: Keys) -> RedisMailbox:
        mailbox = RedisMailbox(store=store, keys=keys, clock=SystemClock(), lease_seconds=LEASE_SECONDS)
        await mailbox.prepare()
        return mailbox

    async def test_a_damaged_one_is_left_out(self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys) -> None:
        """The others are listed, and what is due goes on."""
        damaged, other = await self._made(mailbox, 2)
        for one in (damaged, other):
            await mailbox.proposals.decide(proposal_id=one.id, decision=decision(ProposalState.REJECTED))
        await store.commands.hset(keys.of(0, f"proposal:{damaged.id}"), "proposal", "{")

        assert [one.id for one in (await mailbox.proposals.page(limit=9)).items] == [other.id]
        assert [one.id for one in await mailbox.proposals.claim_due(limit=9, seconds=0)] == [other.id]
        assert [one.id for one in await mailbox.proposals.claim_due(limit=1, seconds=60)] == [other.id]
        with pytest.raises(UnknownProposalError):
            await mailbox.proposals.show(proposal_id=damaged.id)

    async def test_a_page_looks_at_so_many(self, mailbox: RedisMailbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then the next page goes on from there."""
        monkeypatch.setattr("adapters.redis.proposals.MAX_LOOKED_AT", 2)
        made = await self._made(mailbox, 3)

        page = await mailbox.proposals.page(limit=1, channel="other")

        assert page.items == ()
        assert page.next == made[1].id

    async def test_a_record_expires(self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys) -> None:
        """Also where nobody deletes it. A decision counts as a change."""
        proposals = evolve(mailbox.proposals, keep_seconds=2 * DAY)
        (made,) = await self._made(evolve(mailbox, proposals=proposals))
        record = keys.of(0, f"proposal:{made.id}")
        assert round(await store.commands.ttl(record) / DAY) == 2

        longer = evolve(proposals, keep_seconds=5 * DAY)
        rejected = await longer.decide(proposal_id=made.id, decision=decision(ProposalState.REJECTED))
        assert round(await store.commands.ttl(record) / DAY) == 5

        longest = evolve(proposals, keep_seconds=9 * DAY)
        await longest.settle(proposal=rejected, state=ProposalState.REJECTED)
        assert round(await store.commands.ttl(record) / DAY) == 9

    async def test_nothing_is_left_of_what_is_deleted(
        self, mailbox: RedisMailbox, store: StoreConnections, keys: Keys
    ) -> None:
        """No key of it, whether it was rejected or delivered."""
        made, other = await self._made(mailbox, 2)
        rejected = await mailbox.proposals.decide(proposal_id=made.id, decision=decision(ProposalState.REJECTED))
        await mailbox.proposals.settle(proposal=rejected, state=ProposalState.REJECTED)
        approved = await mailbox.proposals.decide(proposal_id=other.id, decision=decision(ProposalState.DELIVERING))
        await mailbox.proposals.settle(proposal=approved, state=ProposalState.DONE)

        await mailbox.proposals.trim(before=other.proposed_at + 1)

        assert [name async for name in store.commands.scan_iter(f"{keys.prefix}:*proposal*")] == []

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)
        mailbox = RedisMailbox(store=away, keys=keys, clock=SystemClock())

        for call in (
            mailbox.proposals.page(limit=1),
            mailbox.proposals.show(proposal_id=NOBODY),
            mailbox.proposals.claim_due(limit=1, seconds=1),
            mailbox.proposals.counts(),
        ):
            with pytest.raises(StoreUnavailableError):
                await call
        await away.aclose()

    async def test_several_partitions(self, store: StoreConnections, keys: Keys) -> None:
        """A page is in order over all of them. One is found, decided and claimed wherever it is."""
        keys = evolve(keys, partitions=5)
        mailbox = RedisMailbox(store=store, keys=keys, clock=SystemClock())
        await mailbox.prepare()
        made = list[Proposal]()
        for number in range(6):
            person = Person(phone=f"1555000{number}")
            await mailbox.accept(messages=[enqueued(person=person)])
            partition = keys.partition_of(f"whatsapp:{person.phone}")
            (claim,) = await mailbox.claim(partition=partition, worker="a", limit=1, wait_seconds=1)
            begun = await mailbox.begin(claim=claim)
            assert begun is not None
            proposals = proposals_of(begun.turn, at=1_800_000_000.0 + number)
            await mailbox.save_reply(claim=claim, reply=ANSWER, changes=TurnChanges(proposals=proposals))
            made += proposals
        assert len({keys.partition_of(str(one.conversation)) for one in made}) > 1

        first = await mailbox.proposals.page(limit=4)
        rest = await mailbox.proposals.page(limit=4, after=first.next)
        for one in made:
            await mailbox.proposals.decide(proposal_id=one.id, decision=decision(ProposalState.REJECTED))
        claimed = await mailbox.proposals.claim_due(limit=5, seconds=60)
        claimed += await mailbox.proposals.claim_due(limit=5, seconds=60)

        assert [*first.items, *rest.items] == made
        assert {one.id for one in claimed} == {one.id for one in made}
        assert (await mailbox.proposals.counts()).open == 0
