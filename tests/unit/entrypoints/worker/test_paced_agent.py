"""Answers that arrive together are handed on one after the other."""

import asyncio

import pytest

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer, AgentRun
from entrypoints.worker.paced_agent import PacedAgent

TOGETHER = 5


async def ask(paced: PacedAgent) -> AgentAnswer:
    return await paced.run(AgentRun(agent="assistant", query="hello", session_id="1"))


async def test_each_step_of_the_event_loop_brings_one_answer_at_most() -> None:
    """In between, the loop does other work."""
    agent = ScriptedAgent()
    agent.hold()
    paced = PacedAgent(agent=agent)
    asking = [asyncio.create_task(ask(paced)) for _ in range(TOGETHER)]
    await agent.called(TOGETHER)

    agent.release()
    seen = {sum(task.done() for task in asking)}
    while TOGETHER not in seen:
        await asyncio.sleep(0)
        seen.add(sum(task.done() for task in asking))

    assert seen == set(range(TOGETHER + 1))


async def test_an_answer_that_nobody_waits_for_any_more_frees_its_place() -> None:
    """The worker stops while others are before it. Those behind it have their turn."""
    freed: list[str] = []
    answer = AgentAnswer(text="Hi", text_read=lambda: freed.append("text"), release=lambda: freed.append("files"))
    paced = PacedAgent(agent=ScriptedAgent(script={"hello": answer}))
    _, cancelled, last = (asyncio.create_task(ask(paced)) for _ in range(3))
    await asyncio.sleep(0)  # all of them have their answers now

    cancelled.cancel()

    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert freed == ["text", "files"]
    await last
