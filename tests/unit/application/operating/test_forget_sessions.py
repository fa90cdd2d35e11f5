"""A new session clears the memory of the old one, whatever happens meanwhile."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.ports.forgetting import OldSession
from domain.conversations.outcome import Outcome
from support.answering import Answering
from support.messages import CONVERSATION, enqueued
from support.turns import answer_once, answer_texts


async def test_a_new_session_clears_the_old_one() -> None:
    """By the agent's runtime. The second one clears the first new one."""
    answering = Answering()

    for text in ("hello", "/new", "/new"):
        await answer_texts(answering, text)
    cleared = await answering.use_cases.forget_sessions()

    assert cleared == 2
    assert answering.agent.forgotten == [("assistant", "15550002222"), ("assistant", "15550002222~new1")]
    assert await answering.use_cases.forget_sessions() == 0


async def test_a_question_after_the_command_is_in_the_new_session() -> None:
    """The old one is cleared all the same."""
    answering = Answering()
    await answering.accept(enqueued("/new"), enqueued("what is new?", sent_at=1_750_000_001.0))

    assert await answer_once(answering) is Outcome.ANSWERED
    await answering.use_cases.forget_sessions()

    assert answering.agent.calls[-1].session_id == "15550002222~new1"
    assert answering.agent.forgotten == [("assistant", "15550002222")]


async def test_a_runtime_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person gets their new session at once."""
    monkeypatch.setattr("application.operating.forget_sessions.RETRY_SECONDS", 0.0)
    answering = Answering()
    answering.agent.away = True
    assert await answer_texts(answering, "/new") is Outcome.COMMAND
    while_away = await answering.use_cases.forget_sessions()
    answering.agent.away = False

    assert (while_away, await answering.use_cases.forget_sessions()) == (0, 1)


async def test_after_a_week_it_is_given_up() -> None:
    """An agent that exists no more has nothing to forget."""
    answering = Answering()
    now = answering.clock.now()
    gone = OldSession(agent="gone", session_id="1", since=now - 8 * 24 * 3600)
    await answering.mailbox.mailbox.forgetting.add(sessions=[gone, evolve(gone, since=now)])

    assert await answering.use_cases.forget_sessions() == 0

    kept = answering.mailbox.mailbox.forgetting._due
    assert set(kept) == {evolve(gone, since=now)}


async def test_everything_of_a_person() -> None:
    """All sessions that they ever had, the present one included."""
    answering = Answering()
    for text in ("/new", "/new"):
        await answer_texts(answering, text)

    forget = answering.use_cases.forget_sessions
    await forget.forget(sessions=await forget.sessions_of(conversation=CONVERSATION))
    await answering.use_cases.forget_sessions()

    sessions = {session for _, session in answering.agent.forgotten}
    assert sessions == {"15550002222", "15550002222~new1", "15550002222~new2"}


async def test_each_agent_that_is_known_to_have_answered_forgets() -> None:
    """They may run elsewhere, or have a memory of their own."""
    answering = Answering(agent=ScriptedAgent(names=("assistant", "billing")))
    await answering.choose_agent(conversation=CONVERSATION, agent="billing")

    for text in ("hello", "/new"):
        await answer_texts(answering, text)
    await answering.use_cases.forget_sessions()

    assert sorted(answering.agent.forgotten) == [("assistant", "15550002222"), ("billing", "15550002222")]
