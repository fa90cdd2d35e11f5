"""Operators and programs write to a person first."""

from typing import Any

import pytest
from attrs import evolve

from adapters.memory.messenger import EVERYTHING
from application.channels import UnknownChannelError
from application.operating.initiate_message import (
    EmptyMessageError,
    IdempotencyConflictError,
    UnsupportedPartError,
    WindowClosedError,
)
from domain.conversations.outcome import Outcome
from domain.messages.outbound import FormPart, Part, TemplatePart, TextPart
from domain.people.person import Conversation
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA, BOB, enqueued, message
from support.turns import answer_once
from support.watched_ports import WatchedMessenger

HELLO = TemplatePart(name="hello", language="en_US", parameters=("Ana",))
WORDS = TextPart(body="Your parcel is here.")
DAY = 24 * 3600.0


async def test_a_template_starts_a_conversation() -> None:
    """The person need not have written before."""
    answering = Answering(window_seconds=DAY)

    initiated = await answering.initiate(channel="whatsapp", to=ANA, parts=[HELLO], key="order-1")

    assert (initiated.conversation, initiated.new) == (Conversation(channel="whatsapp", user=str(ANA.phone)), True)
    assert await answer_once(answering) is Outcome.INITIATED
    assert [(sent.part, sent.to) for sent in answering.messenger.sent] == [(HELLO, ANA)]


async def test_a_key_stands_for_the_queued_request() -> None:
    """A refused request does not use it up. Another request with the same key is refused."""
    answering = Answering(window_seconds=DAY)
    with pytest.raises(WindowClosedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a", request="words")

    initiated = await answering.initiate(channel="whatsapp", to=ANA, parts=[HELLO], key="a", request="template")
    with pytest.raises(IdempotencyConflictError):
        await answering.initiate(channel="whatsapp", to=BOB, parts=[HELLO], key="a", request="to Bob")

    assert initiated.new


async def test_the_same_key_sends_once() -> None:
    """The caller may lose the answer and repeat the request. Another key is another message."""
    answering = Answering()

    results = [await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key=key) for key in ("a", "a", "b")]
    while answering.mailbox.mailbox._ready:
        await answer_once(answering)

    assert [result.new for result in results] == [True, False, True]
    assert results[0].turn_id == results[1].turn_id != results[2].turn_id
    assert answering.messenger.sent_texts == [WORDS.body.text] * 2


async def test_free_text_needs_an_open_window() -> None:
    """A message of the person opens it for a day."""
    answering = Answering(window_seconds=DAY)

    with pytest.raises(WindowClosedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a")
    await receive(answering, message("hello", sent_at=answering.clock.now()))
    await answer_once(answering)
    await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a")
    answering.clock.advance(DAY)
    with pytest.raises(WindowClosedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="b")

    await answer_once(answering)
    assert answering.dead == [
        (f"whatsapp:{ANA.phone}", "send: window_closed (not sent, the person wrote too long ago)")
    ]


async def test_a_repeated_request_succeeds_after_the_window_closed() -> None:
    """It was queued in time, and is not queued again."""
    answering = Answering(window_seconds=DAY)
    await receive(answering, message("hello", sent_at=answering.clock.now()))
    await answer_once(answering)
    asked = await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a", request="words")
    await answer_once(answering)
    answering.clock.advance(DAY)

    again = await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a", request="words")

    assert asked.new
    assert again == evolve(asked, new=False)
    assert answering.messenger.sent_texts.count(WORDS.body.text) == 1


async def test_a_used_key_is_reported_before_a_closed_window() -> None:
    """Otherwise the caller would wait for the window and be refused all the same."""
    answering = Answering(window_seconds=DAY)
    await answering.initiate(channel="whatsapp", to=ANA, parts=[HELLO], key="a", request="template")

    with pytest.raises(IdempotencyConflictError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a", request="words")


async def test_an_initiated_message_waits_for_the_turn_under_way() -> None:
    """It comes before messages that the person wrote in the meantime."""
    answering = Answering()
    await answering.accept(enqueued("first"))
    claim = await answering.claim()
    await answering.mailbox.begin(claim=claim)
    await answering.accept(enqueued("second"))
    await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a")

    await answering.answer(lease=answering.lease(claim))
    await answer_once(answering)
    await answer_once(answering)

    first, words, second = answering.messenger.sent_texts
    assert (first, words) == ("You said: first", WORDS.body.text)
    assert second == f"You said: [we wrote: {WORDS.body.text}]\nsecond"


async def test_a_takeover_does_not_suppress_it() -> None:
    """A human sends it, or a program of theirs."""
    answering = Answering()
    conversation = Conversation(channel="whatsapp", user=str(ANA.phone))
    await answering.take_over.begin(conversation=conversation, seconds=None, why="an operator took over")

    await answering.initiate(channel="whatsapp", to=ANA, parts=[WORDS], key="a")

    assert await answer_once(answering) is Outcome.INITIATED


async def test_an_impossible_request_is_refused() -> None:
    """Nothing is queued."""
    answering = Answering()

    with pytest.raises(EmptyMessageError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[], key="a")
    with pytest.raises(UnknownChannelError):
        await answering.initiate(channel="fax", to=ANA, parts=[WORDS], key="a")


@pytest.mark.parametrize(
    ("lacks", "part", "reason"),
    [
        ({"templates": False}, HELLO, "no templates"),
        ({"form_title": 0}, FormPart(body="A few questions", button="Open", form="7"), "no forms"),
        ({"begins_conversations": False}, WORDS, "before the person writes"),
    ],
)
async def test_what_the_channel_cannot_send_is_not_queued(lacks: dict[str, Any], part: Part, reason: str) -> None:
    """The caller gets the reason."""
    answering = Answering(messenger=WatchedMessenger(capabilities=evolve(EVERYTHING, **lacks)))

    with pytest.raises(UnsupportedPartError, match=reason):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[part], key="a")

    assert "initiate" not in answering.mailbox.steps
