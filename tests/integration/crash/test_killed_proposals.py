"""A worker is killed around a proposal: nothing is proposed twice or lost, and what is approved is carried out."""

from collections.abc import AsyncIterator

import pytest
import yaml

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.redis.proposals import RedisProposals
from adapters.system_clock import SystemClock
from application.proposing.decide_proposal import DecideProposal
from domain.conversations.activity import ActivityKind
from domain.conversations.proposals import Proposal, ProposalState
from support.crash_harness import CrashHarness, Damage
from support.polling import eventually
from support.receiver import ReceivingServer, receiving_server
from support.recording_agent import parts_of

ORDER = {"tool": "shop_create_order", "tipo": "api", "destino": "shop", "operacion": "create_order", "argumentos": {}}
TOLD = "Your request was approved and carried out."


@pytest.fixture
async def receiver(harness: CrashHarness) -> AsyncIterator[ReceivingServer]:
    """Where approved proposals go. Each answer of the agent proposes two orders."""
    harness.agent.proposals = [ORDER, ORDER]
    async with receiving_server() as receiver:
        file = harness.config_dir / "service.yaml"
        service = yaml.safe_load(file.read_text())
        service["proposals"] = {"url": receiver.url, "secret": receiver.secret}
        file.write_text(yaml.safe_dump(service))
        yield receiver


def proposals_of(harness: CrashHarness) -> RedisProposals:
    return RedisProposals(store=harness.connections, keys=harness.keys)


async def kept(harness: CrashHarness) -> tuple[Proposal, ...]:
    return (await proposals_of(harness).page(limit=100)).items


@pytest.mark.parametrize(
    "at",
    [
        "save_reply before 1",
        "save_reply after 1",
        "send after 1",
        "record_sent after 1",
        "complete before 1",
        "complete after 1",
    ],
)
async def test_a_turn_proposes_once(at: str, harness: CrashHarness, receiver: ReceivingServer) -> None:
    """Wherever its worker dies. That the agent proposed and answered is published, and once."""
    async with harness.web():
        await harness.write("hello")
        await harness.start(at).died()
        harness.start()

        damage = await harness.damage()

    assert damage == Damage(agent_twice=int(at == "save_reply before 1"))
    assert [one.state for one in await kept(harness)] == [ProposalState.OPEN] * 2
    assert receiver.received == []
    told = await harness.published(ActivityKind.PROPOSED, ActivityKind.ANSWERED)
    assert told == {ActivityKind.PROPOSED: 2, ActivityKind.ANSWERED: 1}


@pytest.mark.parametrize(
    ("at", "posts"),
    [
        ("send before 1 proposal.approved", 1),
        ("send after 1 proposal.approved", 2),
        ("initiate after 1", 2),
        ("settle before 1", 2),
        ("settle after 1", 1),
    ],
)
async def test_an_approved_one_is_carried_out(
    at: str, posts: int, harness: CrashHarness, receiver: ReceivingServer
) -> None:
    """Its receiver gets it at least once, always under its id, and the person hears of it once."""
    async with harness.web():
        await harness.write("hello")
        first = harness.start()
        await harness.damage()
        await first.close()
        harness.workers.remove(first)
        proposal, other = await kept(harness)
        await _decider(harness).approve(proposal_id=proposal.id, by="olga")
        await harness.start(at).died()
        due = harness.keys.of(0, "proposals_due")
        # As if a minute had passed: the claim of the dead worker has run out.
        await harness.connections.commands.zadd(due, {proposal.id: 0}, xx=True)
        harness.start()

        async def is_told() -> bool:
            return TOLD in await harness.heard()

        await eventually(is_told, seconds=30)
        await eventually(lambda: _is_done(harness, proposal), seconds=30)

    assert receiver.received == [proposal.id] * posts
    assert await harness.heard() == [*parts_of("hello"), TOLD]
    assert (await proposals_of(harness).show(proposal_id=other.id)).state is ProposalState.OPEN


async def _is_done(harness: CrashHarness, proposal: Proposal) -> bool:
    return (await proposals_of(harness).show(proposal_id=proposal.id)).state is ProposalState.DONE


def _decider(harness: CrashHarness) -> DecideProposal:
    """An operator at the command line."""
    return DecideProposal(proposals=proposals_of(harness), feed=MemoryActivityFeed(), clock=SystemClock())
