"""Files that people send while the account is blocked."""

import pytest
from attrs import evolve

from adapters.memory.transcriber import MemoryTranscriber
from application.ports.media import AccountBlockedError, FetchedMedia
from domain.conversations.activity import ActivityKind
from domain.conversations.agent_notes import describe_note
from domain.conversations.outcome import Outcome
from domain.messages.inbound import InboundMessage, Media
from domain.messages.shared_values import MediaKind
from support.answering import Answering
from support.events_channel import receive
from support.messages import BOB, enqueued, message
from support.turns import answer_once

REASON = "HTTP 401, code 190: the access token is no longer valid"


@pytest.fixture
def answering() -> Answering:
    """The first file that is fetched finds out."""
    answering = Answering(transcriber=MemoryTranscriber(words={b"hum": "Is it open?"}))
    answering.media.files = {"voice": FetchedMedia(content=b"hum", mime_type="audio/ogg")}
    answering.media.failures.append(AccountBlockedError(REASON))
    return answering


def voice_note() -> InboundMessage:
    return evolve(message(), content=Media(kind=MediaKind.VOICE, id="voice"))


async def test_the_message_waits_until_its_file_can_be_fetched(answering: Answering) -> None:
    """The agent gets no note that it cannot be opened, and no attempt is counted."""
    await receive(answering, voice_note())

    first = await answer_once(answering)
    await answering.breaker.close(channel="whatsapp")
    second = await answer_once(answering)

    assert (first, second) == (Outcome.DEFERRED, Outcome.ANSWERED)
    assert answering.messenger.sent_texts == ['You said: [sent a voice note; transcript: "Is it open?"]']
    assert ActivityKind.RETRIED not in answering.happened


async def test_the_circuit_breaker_opens_at_once(answering: Answering) -> None:
    """The next message starts no run of the agent. The reason is published once."""
    await receive(answering, voice_note())
    await answer_once(answering)

    await answering.accept(enqueued("Hello", person=BOB))

    assert await answer_once(answering) is Outcome.DEFERRED
    assert answering.agent.calls == []
    assert [detail["reason"] for detail in answering.happened[ActivityKind.STOPPED]] == [REASON]


async def test_notes_for_the_agent_wait_as_well(answering: Answering) -> None:
    """While a human answers, the agent gets the notes later."""
    note = voice_note()
    await answering.take_over.begin(conversation=note.conversation, seconds=None, why="an operator took over")
    await receive(answering, note)

    first = await answer_once(answering)
    await answering.breaker.close(channel="whatsapp")
    second = await answer_once(answering)

    assert (first, second) == (Outcome.DEFERRED, Outcome.HELD)
    state = await answering.states.of(conversation=note.conversation)
    assert tuple(map(describe_note, state.agent_notes)) == ('[sent a voice note; transcript: "Is it open?"]',)
