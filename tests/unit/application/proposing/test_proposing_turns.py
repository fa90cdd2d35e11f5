"""What a run proposes is kept with its turn: once, whoever tries the turn how often."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from application.ports.leases import LeaseLostError
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.proposals import Proposal
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import ANA, CONVERSATION, enqueued
from support.proposals import action, proposing
from support.turns import answer_once, answer_texts, answer_to_the_end


def proposing_agent(*answers: AgentAnswer | AgentFailure) -> ScriptedAgent:
    """It gives these answers one after the other, and the last one again and again."""
    left = list(answers)
    return ScriptedAgent(script=lambda _: left.pop(0) if len(left) > 1 else left[0])


async def kept(answering: Answering) -> tuple[Proposal, ...]:
    return (await answering.use_cases.proposals.page(limit=100)).items


async def test_they_are_kept_in_order() -> None:
    """With whom and what they are about. The person gets the answer, and the event names the proposal."""
    answering = Answering(agent=proposing_agent(proposing("Asked.", action(1), action(2))))

    await answer_texts(answering, "two orders")

    first, second = await kept(answering)
    assert [one.action for one in (first, second)] == [action(1), action(2)]
    assert (first.conversation, first.person, first.agent) == (CONVERSATION, ANA, "assistant")
    assert first.id < second.id
    assert answering.messenger.sent_texts == ["Asked."]
    assert answering.happened[ActivityKind.PROPOSED] == [
        {"proposal": one.id, "turn_id": one.turn_id, "agent": "assistant", "tool": "shop_create_order"}
        for one in (first, second)
    ]
    assert 'trunkline_proposals_total{channel="whatsapp",outcome="proposed"} 2.0' in answering.metrics.render().decode()


async def test_an_answer_without_proposals_announces_nothing() -> None:
    answering = Answering()

    await answer_texts(answering, "hello")

    assert await kept(answering) == ()
    assert ActivityKind.PROPOSED not in answering.happened


async def test_of_a_run_that_failed_nothing_is_kept() -> None:
    """The next try proposes again."""
    answering = Answering(agent=proposing_agent(AgentFailure.MODEL_FAILED, proposing()))
    await answering.accept(enqueued())

    await answer_to_the_end(answering)

    assert len(await kept(answering)) == 1


async def test_what_a_blocked_run_proposed_is_kept() -> None:
    """A guardrail replaced the answer. The runtime lists the proposal all the same."""
    blocked = AgentAnswer(text="I cannot say that.", blocked=True, proposals=(action(),))
    answering = Answering(agent=proposing_agent(blocked))

    await answer_texts(answering, "hello")

    assert len(await kept(answering)) == 1


async def test_a_problem_with_a_proposal_is_the_reason_of_the_event() -> None:
    """Nothing is dropped in silence."""
    answer = AgentAnswer(text="Asked.", problems=("proposal 1 is not kept: it names no tool",))
    answering = Answering(agent=proposing_agent(answer))

    await answer_texts(answering, "hello")

    (answered,) = answering.happened[ActivityKind.ANSWERED]
    assert answered["reason"] == "proposal 1 is not kept: it names no tool"


async def test_a_worker_that_lost_its_lease_proposes_nothing() -> None:
    """The next worker runs the agent again, and its proposal counts."""
    answering = Answering(agent=proposing_agent(proposing()))
    await answering.accept(enqueued())

    async def too_late() -> None:
        answering.mailbox.before.clear()
        raise LeaseLostError

    answering.mailbox.before["save_reply"] = too_late
    claim = await answering.claim()
    with pytest.raises(LeaseLostError):
        await answering.answer(lease=answering.lease(claim))
    assert await kept(answering) == ()

    assert await answering.answer(lease=answering.lease(claim)) is Outcome.ANSWERED
    assert len(await kept(answering)) == 1
    assert len(answering.happened[ActivityKind.PROPOSED]) == 1


async def test_a_takeover_after_the_reply_was_saved_proposes_nothing_more() -> None:
    """The agent does not run again."""
    answering = Answering(agent=proposing_agent(proposing()))
    await answering.accept(enqueued())

    async def dies() -> None:
        answering.mailbox.before.clear()
        raise LeaseLostError

    answering.mailbox.before["complete"] = dies
    claim = await answering.claim()
    with pytest.raises(LeaseLostError):
        await answering.answer(lease=answering.lease(claim))

    await answering.answer(lease=answering.lease(claim))

    assert len(answering.agent.calls) == 1
    assert len(await kept(answering)) == 1


async def test_each_turn_has_proposals_of_its_own() -> None:
    """Also when they ask for the same."""
    answering = Answering(agent=proposing_agent(proposing()))

    await answer_texts(answering, "an order")
    answering.clock.advance(1)
    await answer_texts(answering, "the same again")

    assert len({one.id for one in await kept(answering)}) == 2
    assert await answer_idle(answering)


async def answer_idle(answering: Answering) -> bool:
    """Whether nothing waits any more."""
    return answering.mailbox.mailbox.queues == {} or bool(await answer_once(answering))
