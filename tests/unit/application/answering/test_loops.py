"""A program on the other side that answers each of our answers."""

import pytest
from attrs import evolve

from domain.conversations.activity import ActivityKind
from domain.conversations.loops import LoopPolicy
from domain.conversations.outcome import Outcome
from domain.messages.inbound import InboundMessage
from support.answering import Answering
from support.messages import CONVERSATION, enqueued, message
from support.turns import answer_once, notes_of

AWAY = "Thank you for your message. Our office is closed, we answer from Monday on."
POLICY = LoopPolicy(max_rounds=3)


def arriving(answering: Answering, words: str) -> InboundMessage:
    now = answering.clock.now()
    return message(words, sent_at=now, arrived_at=now)


async def outcomes_of_rounds(answering: Answering, *, times: int, words: str = AWAY) -> list[Outcome]:
    """The outcomes of so many rounds: the program answers a second after each of our answers."""
    outcomes = []
    for _ in range(times):
        answering.clock.advance(1.0)
        await answering.accept(evolve(enqueued(), message=arriving(answering, words)))
        outcomes.append(await answer_once(answering))
    return outcomes


async def test_two_programs_do_not_answer_each_other_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    """It is published once. Later messages are kept as notes for the agent."""
    answering = Answering(loops=POLICY)

    outcomes = await outcomes_of_rounds(answering, times=6)

    assert outcomes == [*[Outcome.ANSWERED] * 3, Outcome.LOOP, Outcome.HELD, Outcome.HELD]
    assert len(answering.messenger.sent) == len(answering.agent.calls) == 3
    (published,) = answering.happened[ActivityKind.LOOP]
    assert published["reason"] == "3 answers came back faster than a person types: not answered for 600 s"
    assert [record.levelname for record in caplog.records if "seems to be a program" in record.message] == ["WARNING"]
    assert await notes_of(answering) == (AWAY,)


async def test_it_is_answered_again_after_a_rest() -> None:
    """If it goes on, answering stops again."""
    answering = Answering(loops=POLICY)
    await outcomes_of_rounds(answering, times=4)
    answering.clock.advance(POLICY.rest_seconds)

    again = await outcomes_of_rounds(answering, times=4)

    assert again == [*[Outcome.ANSWERED] * 3, Outcome.LOOP]


async def test_an_operator_lets_the_agent_answer_at_once() -> None:
    """As after a takeover."""
    answering = Answering(loops=POLICY)
    await outcomes_of_rounds(answering, times=4)

    await answering.take_over.end(conversation=CONVERSATION)

    assert await outcomes_of_rounds(answering, times=1) == [Outcome.ANSWERED]


async def test_a_person_is_answered_again_at_once() -> None:
    """Here a command shows that it is a person."""
    answering = Answering(loops=POLICY)
    await outcomes_of_rounds(answering, times=4)

    shown = await outcomes_of_rounds(answering, times=1, words="/new")

    assert [*shown, *await outcomes_of_rounds(answering, times=1)] == [Outcome.COMMAND, Outcome.ANSWERED]


async def test_loop_detection_can_be_turned_off() -> None:
    """Then programs are answered as often as they write."""
    answering = Answering(loops=None)

    assert set(await outcomes_of_rounds(answering, times=25)) == {Outcome.ANSWERED}
