"""Files of an agent's answer, on their way to the channel."""

import base64

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from application.ports.messenger import SendFailedError
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.parts import FilePart, TextPart
from domain.messages.shared_values import MediaKind
from domain.people.person import Person
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import ANA, enqueued, message
from support.turns import answer_once, turn_of

MARIA = Person(phone="34600123456")
BYTES = b"%PDF-1.7 a bill"
ITEM = {
    "type": "document",
    "data": base64.b64encode(BYTES).decode(),
    "mime_type": "application/pdf",
    "caption": "Your bill",
    "filename": "bill.pdf",
}
FILE = FilePart(
    kind=MediaKind.DOCUMENT, content=BYTES, mime_type="application/pdf", caption="Your bill", filename="bill.pdf"
)
BILL = FILE.uploaded_as("uploaded-1")
TOLD = TextPart(body="Your bill\nbill.pdf\nA file is missing.")
LASTING = [failure for failure in SendFailure if failure is not SendFailure.ACCOUNT_BLOCKED]


def answering_with(*items: object) -> Answering:
    """An agent that says these in its data, and no words."""
    answer = AgentAnswer(text="", data={"messages": list(items)})
    return Answering(agent=ScriptedAgent(script=lambda _: answer))


async def test_a_file_is_with_the_channel_before_the_reply_is_saved() -> None:
    """Which names it by the channel's id: nobody keeps its bytes."""
    answering = answering_with(ITEM)
    at_save: list[int] = []

    async def look() -> None:
        at_save.append(len(answering.media.uploaded))

    answering.mailbox.before["save_reply"] = look
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert at_save == [1]
    assert answering.media.uploaded == [FILE]
    assert [sent.part for sent in answering.messenger.sent] == [BILL]


async def test_what_stands_around_it_stays_where_it_is() -> None:
    """Each file has an id of its own."""
    second = evolve(FILE, caption="And the last one").uploaded_as("uploaded-2")
    answering = answering_with({"text": "Here."}, ITEM, {"text": "And:"}, ITEM | {"caption": "And the last one"})

    reply = await answering.compose(turn=turn_of(message()), channel=answering.channel)

    assert reply.parts == (TextPart(body="Here."), BILL, TextPart(body="And:"), second)


@pytest.mark.parametrize("failure", LASTING)
async def test_a_file_the_channel_does_not_take_is_told(failure: SendFailure) -> None:
    """By its caption and name, and a word on it; the agent is not asked again, and operators see why."""
    answering = answering_with({"text": "Here."}, ITEM, {"buttons": ["Pay"], "text": "Pay now?"})
    answering.media.fail_next_uploads(failure)
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts[0] == f"Here.\n\n{TOLD.body}"
    assert len(answering.messenger.sent) == 2
    assert len(answering.agent.calls) == 1
    (answered,) = answering.happened[ActivityKind.ANSWERED]
    assert answered["reason"] == f"a file could not be sent: {failure}: told to fail"


async def test_the_word_on_it_is_in_the_persons_language() -> None:
    """A file with nothing beside it is at least missed."""
    answering = answering_with({**ITEM, "caption": "", "filename": "", "reply_to": True})
    answering.media.fail_next_uploads(SendFailure.FINAL)

    reply = await answering.compose(turn=turn_of(message(person=MARIA)), channel=answering.channel)

    assert [getattr(part, "body", "") for part in reply.parts] == ["Falta un archivo."]
    assert getattr(reply.parts[0], "reply_to", "")


async def test_a_channel_without_files_tells_of_them() -> None:
    """Where nothing can be uploaded."""
    answering = answering_with(ITEM)

    reply = await answering.compose(turn=turn_of(message()), channel=evolve(answering.channel, media=None))

    assert reply.parts == (TOLD,)


async def test_a_stopped_number_is_waited_for() -> None:
    """Nothing could be sent, so nothing is said; the agent is asked again, and the file is sent."""
    answering = answering_with(ITEM)
    answering.media.fail_next_uploads(SendFailure.ACCOUNT_BLOCKED)
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.RETRIED
    assert await answer_once(answering) is Outcome.DEFERRED
    await answering.breaker.close(channel="whatsapp")

    assert await answer_once(answering) is Outcome.ANSWERED
    assert [detail["reason"] for detail in answering.happened[ActivityKind.STOPPED]] == ["told to fail"]
    assert len(answering.agent.calls) == 2
    assert [sent.part for sent in answering.messenger.sent] == [BILL]


async def test_a_number_that_stays_stopped_costs_no_third_run() -> None:
    """From the second one on the answer is kept, with words in the place of the file."""
    answering = answering_with(ITEM)
    answering.media.fail_next_uploads(SendFailure.ACCOUNT_BLOCKED, SendFailure.ACCOUNT_BLOCKED)
    refusals = [SendFailedError(SendFailure.ACCOUNT_BLOCKED, "still stopped")]

    async def refuse() -> None:
        if refusals:
            raise refusals.pop()

    answering.messenger.before_send = refuse
    await answering.accept(enqueued("the bill, please"))
    await answer_once(answering)
    await answering.breaker.close(channel="whatsapp")

    assert await answer_once(answering) is Outcome.DEFERRED
    await answering.breaker.close(channel="whatsapp")
    assert await answer_once(answering) is Outcome.ANSWERED

    assert len(answering.agent.calls) == 2
    assert answering.messenger.sent_texts == [TOLD.body]


async def test_a_file_refused_when_it_is_sent_is_told() -> None:
    """It was taken in, and cannot be shown after all."""
    answering = answering_with(ITEM)
    refusals = [SendFailedError(SendFailure.MEDIA_REFUSED, "no such codec")]

    async def refuse() -> None:
        if refusals:
            raise refusals.pop()

    answering.messenger.before_send = refuse
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == [TOLD.body]


async def test_an_operator_may_send_a_file() -> None:
    """Objects are what they are, whoever says them."""
    answering = Answering()

    await answering.initiate(channel="whatsapp", to=ANA, parts=[FILE], key="a")
    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [BILL]


async def test_an_operator_hears_of_a_file_that_is_not_taken() -> None:
    """Nothing is queued in its place."""
    answering = Answering()
    answering.media.fail_next_uploads(SendFailure.MEDIA_REFUSED)

    with pytest.raises(SendFailedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="Hi."), FILE], key="a")

    assert "initiate" not in answering.mailbox.steps
