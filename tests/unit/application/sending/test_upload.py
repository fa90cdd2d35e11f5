"""Files in an agent's answer are uploaded to the channel."""

import base64

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from application.ports.messenger import SendFailedError
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.outbound import FilePart, TextPart
from domain.messages.plain_text import describe_part
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import MediaKind
from domain.people.person import Person
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.messages import ANA, enqueued, message
from support.turns import answer_once, compose, compose_turn, turn_of

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
    kind=MediaKind.DOCUMENT,
    content=BYTES,
    mime_type="application/pdf",
    caption=Markdown("Your bill"),
    filename="bill.pdf",
)
BILL = evolve(FILE.uploaded_as("uploaded-1"), caption="Your bill")
TOLD = TextPart(body="Your bill\nbill.pdf\nA file is missing.")
LASTING = [failure for failure in SendFailure if failure is not SendFailure.ACCOUNT_BLOCKED]


def answering_with(*items: object) -> Answering:
    """An agent that answers with these objects in its data, and without text."""
    answer = AgentAnswer(text="", data={"messages": list(items)})
    return Answering(agent=ScriptedAgent(script=lambda _: answer))


async def test_a_file_is_uploaded_before_the_reply_is_saved() -> None:
    """The reply names it by the channel's id, so that its bytes are not stored."""
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


async def test_parts_around_files_keep_their_order() -> None:
    """Each file has an id of its own."""
    second = evolve(BILL, id="uploaded-2", caption="And the last one")
    answering = answering_with({"text": "Here."}, ITEM, {"text": "And:"}, ITEM | {"caption": "And the last one"})

    reply = await compose(answering, message())

    assert reply.parts == (TextPart(body="Here."), BILL, TextPart(body="And:"), second)


@pytest.mark.parametrize("failure", LASTING)
async def test_a_file_that_cannot_be_uploaded_is_replaced_by_text(failure: SendFailure) -> None:
    """By its caption, its name and a fixed text. The agent does not run again, and the reason is published."""
    answering = answering_with({"text": "Here."}, ITEM, {"buttons": ["Pay"], "text": "Pay now?"})
    answering.media.fail_next_uploads(failure)
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts[0] == f"Here.\n\n{TOLD.body.text}"
    assert len(answering.messenger.sent) == 2
    assert len(answering.agent.calls) == 1
    (answered,) = answering.happened[ActivityKind.ANSWERED]
    assert answered["reason"] == f"a file could not be sent: {failure}: asked to fail"


async def test_the_fixed_text_is_in_the_persons_language() -> None:
    """Also when the file has neither caption nor name."""
    answering = answering_with({**ITEM, "caption": "", "filename": "", "reply_to": True})
    answering.media.fail_next_uploads(SendFailure.FINAL)

    reply = await compose(answering, message(person=MARIA))

    assert [describe_part(part) for part in reply.parts] == ["Falta un archivo."]
    assert getattr(reply.parts[0], "reply_to", "")


async def test_a_channel_without_uploads_replaces_files_by_text() -> None:
    """It has no media port."""
    answering = answering_with(ITEM)

    reply = await compose_turn(answering, turn_of(message()), channel=evolve(answering.channel, media=None))

    assert reply.parts == (TOLD,)


async def test_an_upload_waits_for_a_blocked_account() -> None:
    """Nothing could be sent, so the agent runs again later, and the file is sent."""
    answering = answering_with(ITEM)
    answering.media.fail_next_uploads(SendFailure.ACCOUNT_BLOCKED)
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.RETRIED
    assert await answer_once(answering) is Outcome.DEFERRED
    await answering.breaker.close(channel="whatsapp")

    assert await answer_once(answering) is Outcome.ANSWERED
    assert [detail["reason"] for detail in answering.happened[ActivityKind.STOPPED]] == ["asked to fail"]
    assert len(answering.agent.calls) == 2
    assert [sent.part for sent in answering.messenger.sent] == [BILL]


async def test_a_blocked_account_costs_no_third_run_of_the_agent() -> None:
    """After the second run the answer is kept, with text in place of the file."""
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
    assert answering.messenger.sent_texts == [TOLD.body.text]


async def test_an_uploaded_file_that_is_refused_later_is_replaced_by_text() -> None:
    """The upload succeeded, but the send of the file fails."""
    answering = answering_with(ITEM)
    refusals = [SendFailedError(SendFailure.MEDIA_REFUSED, "no such codec")]

    async def refuse() -> None:
        if refusals:
            raise refusals.pop()

    answering.messenger.before_send = refuse
    await answering.accept(enqueued("the bill, please"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == [TOLD.body.text]


async def test_an_operator_may_send_a_file() -> None:
    """Operators use the same objects as agents."""
    answering = Answering()

    await answering.initiate(channel="whatsapp", to=ANA, parts=[FILE], key="a")
    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [BILL]


async def test_an_operator_gets_an_error_for_a_refused_file() -> None:
    """Nothing is queued in its place."""
    answering = Answering()
    answering.media.fail_next_uploads(SendFailure.MEDIA_REFUSED)

    with pytest.raises(SendFailedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="Hi."), FILE], key="a")

    assert "initiate" not in answering.mailbox.steps
