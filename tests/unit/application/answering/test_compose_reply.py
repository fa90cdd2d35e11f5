"""What a turn is answered with: the agent's text, or one of ours."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.messenger import EVERYTHING
from application.ports.agent import AgentAnswer, AgentFailedError
from domain.conversations.outcome import Outcome
from domain.conversations.person_commands import Commands
from domain.conversations.reply import Reply
from domain.messages.inbound import Referral, ReferralKind
from domain.messages.outbound import TextPart
from domain.people.person import Person
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import ANA, MARIA, enqueued, message, poll
from support.turns import answer_once, compose
from support.watched_ports import WatchedMessenger

HIDDEN = Person(user_id="US.13491208655302741918")


async def test_the_agents_text_is_the_reply() -> None:
    """Formatted and cut for the channel."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, text=10)))

    reply = await compose(answering, message("hello"))

    assert reply == Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="You said:"), TextPart(body="hello")))


@pytest.mark.parametrize(
    ("person", "text"), [(ANA, "I can only read text."), (MARIA, "Solo leo texto."), (HIDDEN, "I can only read text.")]
)
async def test_an_unreadable_message_gets_a_text_that_says_so(person: Person, text: str) -> None:
    """In the person's language. The agent does not run."""
    answering = Answering()

    reply = await compose(answering, poll(person=person), poll(person=person))

    assert (reply.outcome, reply.parts) == (Outcome.UNREADABLE, (TextPart(body=text),))
    assert answering.agent.calls == []


async def test_a_refusal_of_a_guardrail_is_an_answer() -> None:
    """Its text goes to the person."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="I may not.", blocked=True)))

    reply = await compose(answering, message())

    assert reply == Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="I may not."),))


@pytest.mark.parametrize("blank", ["", " \n"])
async def test_a_blank_refusal_becomes_the_apology(blank: str) -> None:
    """The person gets a text, and the agent is not asked again."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text=blank, blocked=True)))

    reply = await compose(answering, message(person=MARIA))

    assert reply == Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="Lo siento."),))


async def test_a_failure_of_the_agent_is_raised() -> None:
    """As it was classified."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.TIMEOUT))

    with pytest.raises(AgentFailedError) as failed:
        await compose(answering, message())

    assert failed.value.failure is AgentFailure.TIMEOUT


@pytest.mark.parametrize(("person", "text"), [(ANA, "Sorry."), (MARIA, "Lo siento.")])
async def test_the_apology_is_in_the_persons_language(person: Person, text: str) -> None:
    """From the channel's texts. The reason is for the operator only."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.REJECTED))
    await answering.accept(enqueued(person=person))

    assert await answer_once(answering) is Outcome.FAILED

    assert answering.messenger.sent_texts == [text]
    assert [reason for _, reason in answering.dead] == ["agent assistant: rejected: as scripted"]


@pytest.mark.parametrize("agent_text", ['{"messages": [{"picture": "x"}]}', "not JSON"])
async def test_an_answer_without_any_part_is_a_failure(agent_text: str) -> None:
    """So the agent may be asked again."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: f"```trunkline\n{agent_text}\n```"))

    with pytest.raises(AgentFailedError) as failed:
        await compose(answering, message())

    assert failed.value.failure is AgentFailure.EMPTY_ANSWER
    assert failed.value.detail


async def test_who_begins_is_welcomed() -> None:
    """In their language. The agent does not run."""
    answering = Answering(commands=Commands(start=("/start",)))

    reply = await compose(answering, message("/start", person=MARIA), message("/start@shop_bot", person=MARIA))

    assert (reply.outcome, reply.parts) == (Outcome.COMMAND, (TextPart(body="Bienvenido."),))
    assert answering.agent.calls == []


async def test_who_begins_with_a_question_gets_its_answer() -> None:
    """The agent reads the question alone, or what the link carries."""
    answering = Answering(commands=Commands(start=("/start",)))
    led = evolve(message("/start promo"), referral=Referral(kind=ReferralKind.LINK, body="promo"))

    await compose(answering, message("/start"), message("Are you open?"))
    await compose(answering, led)
    await compose(Answering(agent=answering.agent), message("/start"))

    assert [call.query for call in answering.agent.calls] == [
        "Are you open?",
        "[came through a link: promo]\n/start promo",
        "/start",
    ]


async def test_who_begins_too_often_hears_it_once() -> None:
    """The rate limit counts beginnings, too."""
    answering = Answering(
        commands=Commands(start=("/start",)), rate_limit=RateLimitPolicy(window_seconds=60, max_messages=1)
    )

    replies = [await compose(answering, message("/start")) for _ in range(3)]

    assert [reply.outcome for reply in replies] == [Outcome.COMMAND, Outcome.LIMITED, Outcome.LIMITED]
