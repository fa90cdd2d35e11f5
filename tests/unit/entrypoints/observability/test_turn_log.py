"""One line of the log for each turn."""

import pytest
from structlog.testing import capture_logs

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from domain.conversations.outcome import Outcome
from domain.policies.retry import AgentFailure
from entrypoints.observability import turn_log
from entrypoints.observability.turn_log import TurnLog
from support.answering import Answering
from support.messages import enqueued


async def ended(answering: Answering, log: TurnLog) -> Outcome:
    lease = answering.lease(await answering.claim())
    outcome = await answering.answer(lease=lease)
    log.ended(outcome, lease=lease, seconds=0.12345)
    return outcome


async def test_a_turn_has_one_line_with_ids_and_times() -> None:
    """And with none of the words or the names of people."""
    answering = Answering()
    await answering.accept(enqueued("secret words"), enqueued("more secret words"))

    with capture_logs() as lines:
        await ended(answering, TurnLog(worker="a"))

    (line,) = lines
    assert line.pop("turn_id")
    assert line == {
        "event": "turn ended",
        "log_level": "info",
        "channel": "whatsapp",
        "outcome": "answered",
        "messages": 2,
        "retries": 0,
        "delivery": 1,
        "seconds": 0.123,
        "worker": "a",
    }


async def test_a_turn_that_comes_back_has_its_line_when_it_ends() -> None:
    """The failure between is for debugging."""
    says = iter((AgentFailure.CRASHED, AgentAnswer(text="Hi")))
    answering = Answering(agent=ScriptedAgent(script=lambda _: next(says)))
    await answering.accept(enqueued("hello"))
    log = TurnLog(worker="a")

    with capture_logs() as lines:
        outcomes = [await ended(answering, log) for _ in range(2)]

    assert outcomes == [Outcome.RETRIED, Outcome.ANSWERED]
    assert [(line["log_level"], line["outcome"]) for line in lines] == [("debug", "retried"), ("info", "answered")]


async def test_very_many_turns_have_fewer_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next line says how many had none."""
    monkeypatch.setattr(turn_log, "MAX_LINES", 2)
    answering, log = Answering(), TurnLog(worker="a")

    with capture_logs() as lines:
        for number in range(6):
            await answering.accept(enqueued())
            monkeypatch.setattr(turn_log, "INTERVAL_SECONDS", 0 if number == 5 else 60)
            await ended(answering, log)

    assert [line.get("omitted") for line in lines] == [None, None, 3]
