"""What follows when a turn cannot be answered."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.messenger import MemoryMessenger
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.outbound import Part
from domain.messages.part_limits import MAX_PARTS
from domain.messages.plain_text import describe_part
from domain.people.person import Person
from domain.policies.retry import AgentFailure, RetryPolicy, SendFailure
from support.answering import QUICK, Answering
from support.messages import ANA, BOB, enqueued
from support.polling import eventually
from support.turns import answer_once, answer_to_the_end
from support.watched_ports import WatchedMailbox, WatchedMessenger

MARIA = Person(phone="34600123456")


def failing(*failures: AgentFailure, then: str = "at last") -> ScriptedAgent:
    """An agent that fails so often, and then answers."""
    outcomes = iter(failures)
    return ScriptedAgent(script=lambda _: next(outcomes, then))


class Faulty(WatchedMessenger):
    """A messenger that cannot format one text."""

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        if "poison" in describe_part(part):
            raise ZeroDivisionError
        return MemoryMessenger.render(self, part=part, at_most=at_most)


async def test_an_agent_that_recovers_answers() -> None:
    """The person does not notice the failures."""
    answering = Answering(agent=failing(AgentFailure.UNREACHABLE, AgentFailure.NOT_READY))
    await answering.accept(enqueued())

    outcomes = await answer_to_the_end(answering)

    assert outcomes == [Outcome.RETRIED, Outcome.RETRIED, Outcome.ANSWERED]
    assert answering.messenger.sent_texts == ["at last"]
    assert [detail["error"] for detail in answering.happened[ActivityKind.RETRIED]] == [
        "agent assistant: unreachable: as scripted",
        "agent assistant: not_ready: as scripted",
    ]


@pytest.mark.parametrize("failure", AgentFailure)
async def test_an_agent_that_keeps_failing_ends_in_one_apology(failure: AgentFailure) -> None:
    """After the retries of the policy. The turn becomes a dead letter with the reason."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: failure))
    await answering.accept(enqueued())

    outcomes = await answer_to_the_end(answering)

    retries = QUICK.agent_retries[failure]
    assert outcomes == [Outcome.RETRIED] * retries + [Outcome.FAILED]
    assert len(answering.agent.calls) == retries + 1
    assert answering.messenger.sent_texts == ["Sorry."]
    reason = f"agent assistant: {failure}: as scripted"
    assert answering.dead == [("whatsapp:15550002222", reason)]
    assert [detail["reason"] for detail in answering.happened[ActivityKind.FAILED]] == [reason]


async def test_the_apology_is_in_the_persons_language() -> None:
    """From the channel's texts."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.REJECTED))
    await answering.accept(enqueued(person=MARIA))

    await answer_once(answering)

    assert answering.messenger.sent_texts == ["Lo siento."]


async def test_the_apology_keeps_its_place() -> None:
    """Later messages wait for it, and are answered after it."""
    outcomes = {"first": AgentFailure.TIMEOUT}
    answering = Answering(agent=ScriptedAgent(script=outcomes))
    await answering.accept(enqueued("first"))
    assert await answer_once(answering) is Outcome.RETRIED
    await answering.accept(enqueued("second"))

    assert await answer_once(answering) is Outcome.FAILED
    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["Sorry.", "You said: second"]


async def test_an_apology_that_was_throttled_is_sent_once() -> None:
    """It is stored like any reply. The agent is not asked again."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.REJECTED))
    await answering.accept(enqueued())
    answering.messenger.send_failures.extend([SendFailure.THROTTLED])

    assert await answer_to_the_end(answering) == [Outcome.RETRIED, Outcome.FAILED]

    assert (len(answering.agent.calls), answering.messenger.sent_texts) == (1, ["Sorry."])
    (letter,) = answering.mailbox.mailbox.dead.values()
    assert letter.turn.reply is not None
    assert (letter.turn.reply.outcome, len(letter.turn.sent)) == (Outcome.FAILED, 1)


async def test_failures_of_the_agent_do_not_count_against_the_channel() -> None:
    """After three failed runs, the first throttled send counts as the first failure."""
    answering = Answering(agent=failing(*[AgentFailure.UNREACHABLE] * 3))
    await answering.accept(enqueued())
    for _ in range(3):
        await answer_once(answering)

    answering.messenger.send_failures.extend([SendFailure.THROTTLED])
    patient = RetryPolicy()
    claim = await answering.claim()
    await evolve(answering, retries=patient).answer(lease=answering.lease(claim))

    pause = answering.happened[ActivityKind.RETRIED][-1]["after_seconds"]
    assert float(pause) == pytest.approx(patient.backoff(0, turn_id=claim.token), abs=0.1)


async def test_a_send_that_will_never_succeed_ends_in_a_dead_letter() -> None:
    """It has the channel's reason. Later messages are answered."""
    answering = Answering()
    await answering.accept(enqueued("first"))
    answering.messenger.send_failures.extend([SendFailure.FINAL])

    assert await answer_once(answering) is Outcome.FAILED
    await answering.accept(enqueued("second"))
    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.dead == [("whatsapp:15550002222", "send: final (asked to fail)")]
    assert answering.messenger.sent_texts == ["You said: second"]


async def test_a_send_of_unknown_outcome_is_repeated_once() -> None:
    """After the time in which the channel could confirm it. The agent does not run again."""
    answering = Answering()
    await answering.accept(enqueued())
    answering.messenger.send_failures.extend([SendFailure.UNKNOWN])

    assert await answer_to_the_end(answering) == [Outcome.RETRIED, Outcome.ANSWERED]

    assert (len(answering.agent.calls), answering.messenger.sent_texts) == (1, ["You said: hello"])


async def test_messages_of_a_blocked_account_wait() -> None:
    """They are sent when somebody has repaired the account."""
    answering = Answering(retries=evolve(QUICK, max_seconds=0.005))
    await answering.accept(enqueued())
    answering.messenger.send_failures.extend([*[SendFailure.ACCOUNT_BLOCKED] * 9])

    outcomes = await answer_to_the_end(answering)

    assert outcomes.count(Outcome.DEFERRED) >= 9
    assert outcomes[-1] is Outcome.ANSWERED
    assert answering.messenger.sent_texts == ["You said: hello"]
    assert list(answering.happened) == [ActivityKind.STOPPED, ActivityKind.RESUMED, ActivityKind.ANSWERED]
    assert len(answering.happened[ActivityKind.STOPPED]) == len(answering.happened[ActivityKind.RESUMED]) == 1


async def test_a_turn_that_crashes_workers_becomes_a_dead_letter() -> None:
    """After ten of them. The conversation goes on."""
    answering = Answering(mailbox=WatchedMailbox(MemoryMailbox(lease_seconds=0)))
    await answering.accept(enqueued("poison"))
    claim = await answering.claim()
    for _ in range(10):
        await answering.mailbox.mailbox.begin(claim=claim)
        (claim,) = await eventually(lambda: answering.mailbox.mailbox.reap(partition=0, worker="b", limit=1))
    await answering.accept(enqueued("next"))

    outcomes = [await answering.answer(lease=answering.lease(claim)), await answer_once(answering)]

    assert outcomes == [Outcome.FAILED, Outcome.ANSWERED]
    reason = "crash loop: 10 workers did not finish it"
    assert answering.dead == [("whatsapp:15550002222", reason)]
    assert answering.happened[ActivityKind.FAILED] == [{"reason": reason}]
    assert answering.messenger.sent_texts == ["You said: next"]


async def test_an_internal_error_is_retried_once_and_then_becomes_a_dead_letter(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The person gets an apology, the error is logged, and the next message is answered."""
    answering = Answering(messenger=Faulty())
    await answering.accept(enqueued("poison"))

    outcomes = await answer_to_the_end(answering)
    await answering.accept(enqueued("next"))
    outcomes.append(await answer_once(answering))

    assert outcomes == [Outcome.RETRIED, Outcome.FAILED, Outcome.ANSWERED]
    assert answering.dead == [("whatsapp:15550002222", "internal error (ZeroDivisionError)")]
    assert answering.messenger.sent_texts == ["Sorry.", "You said: next"]
    assert sum(record.exc_info is not None for record in caplog.records) == 2


async def test_dropped_dead_letters_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """No accepted message disappears without a trace."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.UNKNOWN_AGENT))
    answering.mailbox.mailbox.max_dead_letters = 1
    for person in (ANA, BOB):
        await answering.accept(enqueued(person=person))
        await answer_once(answering)

    assert answering.happened[ActivityKind.DROPPED] == [{"dead_letters": "1"}]
    assert "the 1 oldest dead letters are deleted" in caplog.text
