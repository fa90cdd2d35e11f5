"""Answers that arrive together are read one after the other."""

import asyncio

import pytest

from adapters.memory.agent import ScriptedAgent
from application.answering.agent_input import AgentInput
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.byte_budget import ByteBudget
from application.answering.run_agent import RunAgent
from application.answering.turnstile import Turnstile
from application.ports.agent import AgentAnswer
from domain.conversations.state import ConversationState
from support.answering import Answering
from support.begin import begin_turn
from support.messages import enqueued

TOGETHER = 5


async def test_each_step_of_the_event_loop_lets_one_pass() -> None:
    """In between, the loop does other work. Who comes alone does not wait."""
    turnstile = Turnstile()
    passing = [asyncio.create_task(turnstile.passed()) for _ in range(TOGETHER)]

    seen = []
    while not seen or seen[-1] < TOGETHER:
        await asyncio.sleep(0)
        seen.append(sum(task.done() for task in passing))

    assert seen[0] == 1
    assert set(seen) == set(range(1, TOGETHER + 1))


async def test_it_opens_again() -> None:
    """Thousands have passed before."""
    turnstile = Turnstile()
    for _ in range(3):
        await turnstile.passed()
        await asyncio.sleep(0)

    alone = asyncio.create_task(turnstile.passed())
    await asyncio.sleep(0)

    assert alone.done()


async def test_those_behind_one_that_went_away_pass() -> None:
    """The worker stops a turn while others are before it."""
    turnstile = Turnstile()
    _, cancelled, last = (asyncio.create_task(turnstile.passed()) for _ in range(3))
    await asyncio.sleep(0)

    cancelled.cancel()

    await asyncio.wait_for(last, 1)
    with pytest.raises(asyncio.CancelledError):
        await cancelled


class ClosedTurnstile(Turnstile):
    """Others are before everybody who comes."""

    async def passed(self) -> None:
        await asyncio.Event().wait()


async def test_an_answer_that_nobody_waits_for_any_more_frees_its_place() -> None:
    """The worker stops while others are before it."""
    freed: list[str] = []
    answer = AgentAnswer(text="Hi", text_read=lambda: freed.append("text"), release=lambda: freed.append("files"))
    agent, answering = ScriptedAgent(script={"hello": answer}), Answering()
    await answering.accept(enqueued("hello"))
    turn = await begin_turn(answering.mailbox, await answering.claim())
    assert turn is not None
    run_agent = RunAgent(runtimes=AgentRuntimes.single(agent), turnstile=ClosedTurnstile())

    asking = asyncio.create_task(
        run_agent(
            "assistant",
            turn=turn,
            channel=answering.channel,
            state=ConversationState(),
            agent_input=AgentInput(messages=("hello",)),
            hold=ByteBudget().hold(),
        )
    )
    await agent.called(1)
    await asyncio.sleep(0)
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert freed == ["text", "files"]
