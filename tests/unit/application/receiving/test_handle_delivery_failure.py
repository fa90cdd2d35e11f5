"""Messages that fail after the channel accepted them."""

import pytest

from adapters.memory.agent import ScriptedAgent
from adapters.memory.clock import FakeClock
from application.ports.agent import AgentAnswer
from application.ports.breaker_store import Breaker
from application.ports.send_rate_limiter import CreditRequest
from domain.conversations.activity import ActivityKind
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome
from domain.messages.outbound import TemplatePart, TextPart
from domain.people.person import Conversation, Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA, enqueued
from support.turns import answer_once, notes_of

NOW = FakeClock().now()
CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))
TEMPLATE = TemplatePart(name="we_are_back", language="en_US")


def failed(
    failure: SendFailure,
    *,
    reference: str | None = f"turn-1/0/{CONVERSATION}",
    to: Person | None = ANA,
    at: float = NOW,
    message_id: str = "wamid.out.1",
) -> StatusUpdate:
    return StatusUpdate(
        channel="whatsapp",
        message_id=message_id,
        status=DeliveryStatus.FAILED,
        at=at,
        failure=failure,
        to=to,
        reference=reference,
        errors=("131000 Something",),
    )


async def answered(answering: Answering) -> list[str]:
    """Answer one message. Returns the references of the sent parts."""
    await answering.accept(enqueued())
    await answer_once(answering)
    return [sent.reference for sent in answering.messenger.sent]


@pytest.mark.parametrize("failure", [SendFailure.MEDIA_REFUSED, SendFailure.PART_REFUSED])
@pytest.mark.parametrize("hook", ["after_send", "before_send"])
async def test_a_file_refused_later_is_replaced_by_text(hook: str, failure: SendFailure) -> None:
    """Once, however often the status comes, and also before the file counts as sent."""
    picture = {"image": "https://example.org/a.png", "caption": "a map"}
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="", data={"messages": [picture]})))
    await answering.accept(enqueued())

    async def refuse() -> None:
        (turn,) = (queue.turn for queue in answering.mailbox.mailbox._queues.values())
        refused = failed(failure, reference=f"{turn.id}/0/{CONVERSATION}")
        await receive(answering, refused)
        await receive(answering, refused)

    setattr(answering.messenger, hook, refuse)
    answered = await answer_once(answering)
    setattr(answering.messenger, hook, None)

    assert (answered, await answer_once(answering)) == (Outcome.ANSWERED, Outcome.INITIATED)
    assert answering.messenger.sent_texts == ["a map\nhttps://example.org/a.png"] * 2
    assert isinstance(answering.messenger.sent[1].part, TextPart)
    assert not [note for note in await notes_of(answering) if "did not reach" in note]


async def test_choices_after_a_refused_file_stay() -> None:
    """Although the text for the file is sent after the question."""
    album = [{"image": "https://example.org/a.png"}, {"text": "Which one?", "buttons": ["Small", "Large"]}]
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="", data={"messages": album})))
    (picture, _) = await answered(answering)

    await receive(answering, failed(SendFailure.MEDIA_REFUSED, reference=picture))
    await answer_once(answering)

    choices = (await answering.states.of(conversation=CONVERSATION)).choices
    assert [choice.title for choice in choices] == ["Small", "Large"]


async def test_an_answer_that_came_too_late_becomes_a_template() -> None:
    """One template for all its parts, however often the status comes."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: _two_parts()), late_template=TEMPLATE)
    references = await answered(answering)
    late = [
        failed(SendFailure.WINDOW_CLOSED, reference=reference, message_id=f"wamid.out.{place}")
        for place, reference in enumerate(references)
    ]

    await receive(answering, *late)
    await receive(answering, *late)

    assert await answer_once(answering) is Outcome.INITIATED
    assert [sent.part for sent in answering.messenger.sent[2:]] == [TEMPLATE]


def _two_parts() -> AgentAnswer:
    return AgentAnswer(text="", data={"messages": [{"location": {"latitude": 1, "longitude": 2}}, {"text": "here"}]})


async def test_without_a_template_a_late_answer_is_only_published() -> None:
    """As undelivered."""
    answering = Answering()
    (reference,) = await answered(answering)
    before = list(answering.mailbox.steps)

    await receive(answering, failed(SendFailure.WINDOW_CLOSED, reference=reference))

    assert answering.mailbox.steps[len(before) :] == ["confirm"]
    assert [detail["status"] for detail in answering.happened[ActivityKind.UNDELIVERED]] == ["failed"]


async def test_only_answers_are_replaced_by_the_template() -> None:
    """The template itself is not, or it would be sent without end."""
    answering = Answering(late_template=TEMPLATE)
    (reference,) = await answered(answering)
    await receive(answering, failed(SendFailure.WINDOW_CLOSED, reference=reference))
    await answer_once(answering)
    before = list(answering.mailbox.steps)

    again = failed(SendFailure.WINDOW_CLOSED, reference=answering.messenger.sent[1].reference, message_id="wamid.out.2")
    await receive(answering, again)

    assert answering.mailbox.steps[len(before) :] == ["confirm"]


async def test_a_status_can_open_the_circuit_breaker() -> None:
    """Like a refused send. A late repetition has no effect."""
    answering = Answering()
    stopping = failed(SendFailure.ACCOUNT_BLOCKED, reference=None)

    await receive(answering, stopping)
    breaker = await answering.breaker.try_acquire(channel="whatsapp")
    await answering.breaker.close(channel="whatsapp")
    answering.clock.advance(61)
    await receive(answering, stopping)

    assert breaker.reason == "131000 Something"
    assert await answering.breaker.try_acquire(channel="whatsapp") == Breaker()


@pytest.mark.parametrize(
    ("failure", "age", "slowed"),
    [
        (SendFailure.PERSON_THROTTLED, 0, True),
        (SendFailure.PERSON_THROTTLED, 10, False),
        (SendFailure.THROTTLED, 0, False),
        (SendFailure.FINAL, 0, False),
    ],
)
async def test_a_status_can_slow_down_sends_to_one_person(failure: SendFailure, age: float, *, slowed: bool) -> None:
    """For a few seconds. Other people are not affected."""
    answering = Answering()
    bob = Conversation(channel="whatsapp", user="15550003333")

    await receive(answering, failed(failure, at=NOW - age))

    waits = [
        await answering.send_rate_limiter.take(CreditRequest(conversation=who, turn_id="t", send_rates=SendRates()))
        for who in (CONVERSATION, bob)
    ]
    assert [wait > 0 for wait in waits] == [slowed, False]
    assert await answering.breaker.try_acquire(channel="whatsapp") == Breaker()


async def test_the_agent_reads_which_message_did_not_arrive() -> None:
    """Once, with the next message."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="It costs 5 EUR.")))
    (reference,) = await answered(answering)
    lost = failed(SendFailure.FINAL, reference=reference, message_id=answering.messenger.sent[0].id)

    await receive(answering, lost)
    await receive(answering, lost)
    await answering.accept(enqueued("well?"))
    await answer_once(answering)

    assert answering.agent.calls[-1].query == '[this did not reach them: "It costs 5 EUR."]\nwell?'


async def test_the_agent_reads_that_a_forgotten_message_did_not_arrive() -> None:
    """When its text is not known any more. There is no note for messages of other programs."""
    answering = Answering()

    await receive(answering, failed(SendFailure.FINAL), failed(SendFailure.FINAL, reference=None, message_id="x"))

    assert await notes_of(answering) == ("[this did not reach them]",)
