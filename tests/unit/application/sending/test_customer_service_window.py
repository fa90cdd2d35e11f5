"""The customer service window, send rates and circuit breakers: what may be sent, and when."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.messenger import EVERYTHING
from application.ports.agent import AgentAnswer
from application.ports.breaker_store import State
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.inbound import Reaction
from domain.messages.outbound import MediaPart, TemplatePart, TextPart
from domain.messages.shared_values import MediaKind
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRate, SendRates
from domain.policies.staleness import Staleness, StalePolicy
from support.answering import Answering
from support.messages import ANA, BOB, enqueued
from support.turns import answer_once, answer_to_the_end

DAY = 24 * 3600.0
SORRY = TemplatePart(name="we_are_back", language="en")
ANSWER_ALL = Staleness(policy=StalePolicy.ANSWER)
PHOTO = AgentAnswer(text="", data={"messages": [{"image": "https://example.org/a.png", "caption": "a map"}]})


async def test_an_answer_after_the_window_is_a_dead_letter() -> None:
    """An operator sees the reason."""
    answering = Answering(window_seconds=DAY, staleness=ANSWER_ALL)
    await answering.accept(enqueued(sent_at=answering.clock.now() - DAY))

    assert await answer_once(answering) is Outcome.FAILED

    assert answering.messenger.sent == []
    ((_, reason),) = answering.dead
    assert reason == "send: window_closed (not sent, the person wrote too long ago)"


async def test_an_answer_after_the_window_becomes_the_template() -> None:
    """One template in place of all its parts."""
    answering = Answering(window_seconds=DAY, staleness=ANSWER_ALL, late_template=SORRY)
    answering.messenger.capabilities = evolve(EVERYTHING, text=4)
    await answering.accept(enqueued(sent_at=answering.clock.now() - DAY))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert [sent.part for sent in answering.messenger.sent] == [SORRY]
    assert answering.dead == []
    (published,) = answering.happened[ActivityKind.ANSWERED]
    assert (published["parts"], published["reason"]) == ("1", "part 0 replaced: window_closed")


async def test_within_the_window_the_answer_is_sent() -> None:
    """Up to its last second."""
    answering = Answering(window_seconds=DAY, staleness=ANSWER_ALL, late_template=SORRY)
    await answering.accept(enqueued("hello", sent_at=answering.clock.now() - DAY + 1))

    await answer_once(answering)

    assert answering.messenger.sent_texts == ["You said: hello"]


async def test_the_channel_decides_whether_the_window_is_closed() -> None:
    """By its own clock."""
    answering = Answering(window_seconds=DAY, late_template=SORRY)
    await answering.accept(enqueued())

    async def fail_first() -> None:
        if answering.messenger.steps == ["send"]:
            answering.messenger.fail_next(SendFailure.WINDOW_CLOSED)

    answering.messenger.before_send = fail_first
    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [SORRY]


async def test_a_refused_file_is_replaced_by_text() -> None:
    """By its caption and its address."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: PHOTO))
    await answering.accept(enqueued())

    async def refuse_files() -> None:
        if answering.messenger.steps == ["send"]:
            answering.messenger.fail_next(SendFailure.MEDIA_REFUSED)

    answering.messenger.before_send = refuse_files
    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["a map\nhttps://example.org/a.png"]


async def test_an_accepted_file_is_sent_as_a_file() -> None:
    """It is not replaced by text."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: PHOTO))
    await answering.accept(enqueued())

    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [
        MediaPart(kind=MediaKind.IMAGE, link="https://example.org/a.png", caption="a map")
    ]


async def test_a_short_wait_for_the_send_rate_keeps_the_lease() -> None:
    """The worker waits."""
    answering = Answering()
    answering.messenger.capabilities = evolve(EVERYTHING, text=4)
    answering.messenger.send_rates = SendRates(person=SendRate(interval_seconds=0.02, burst=1))
    await answering.accept(enqueued("hello"))

    assert await answer_once(answering) is Outcome.ANSWERED

    assert "".join(answering.messenger.sent_texts) == "Yousaid: hello"


async def test_a_long_wait_for_the_send_rate_defers_the_turn() -> None:
    """Sent parts stay sent, nothing counts as failed, and other conversations go on."""
    answering = Answering()
    answering.messenger.send_rates = SendRates(person=SendRate(interval_seconds=60, burst=1))
    await answering.accept(enqueued("one"), enqueued("from Bob", person=BOB))
    await answer_once(answering)
    await answer_once(answering)
    await answering.accept(enqueued("two"))

    assert await answer_once(answering) is Outcome.DEFERRED

    assert answering.messenger.sent_texts_to(ANA) == ["You said: one"]
    assert answering.messenger.sent_texts_to(BOB) == ["You said: from Bob"]
    assert answering.dead == []
    queue = answering.mailbox.mailbox._queues["whatsapp:15550002222"]
    assert (queue.turn.attempts, queue.turn.retries, queue.turn.reply.parts) == (
        0,
        0,
        (TextPart(body="You said: two"),),
    )


async def test_a_wait_for_the_send_rate_is_an_appointment() -> None:
    """The turn comes back when its message can be sent, and not before."""
    answering = Answering()
    answering.messenger.send_rates = SendRates(person=SendRate(interval_seconds=60, burst=1))
    await answering.accept(enqueued("one"))
    await answer_once(answering)
    await answering.accept(enqueued("two"))
    await answer_once(answering)

    assert await answering.mailbox.mailbox.promote(partition=0) == pytest.approx(60, abs=5)


async def test_a_turn_in_the_line_has_no_agent_run_yet() -> None:
    """Answers that cannot be sent yet would only delay other turns."""
    answering = Answering()
    answering.messenger.send_rates = SendRates(account=SendRate(interval_seconds=60, burst=2), counts_received=True)
    await answering.accept(enqueued("one"))
    await answer_once(answering)
    await answering.accept(enqueued("from Bob", person=BOB))

    assert await answer_once(answering) is Outcome.DEFERRED

    assert [call.query for call in answering.agent.calls] == ["one"]


@pytest.mark.parametrize(("counts_received", "second"), [(True, Outcome.DEFERRED), (False, Outcome.ANSWERED)])
async def test_messages_from_people_count_where_the_channel_counts_them(
    *, counts_received: bool, second: Outcome
) -> None:
    """Elsewhere only what we send does."""
    answering = Answering()
    answering.messenger.send_rates = SendRates(
        account=SendRate(interval_seconds=60, burst=2), counts_received=counts_received
    )
    await answering.accept(enqueued("one"), enqueued("from Bob", person=BOB))

    assert [await answer_once(answering) for _ in range(2)] == [Outcome.ANSWERED, second]


async def test_a_message_without_an_answer_takes_no_place_in_the_line() -> None:
    """The place would be lost for others."""
    answering = Answering()
    answering.messenger.send_rates = SendRates(account=SendRate(interval_seconds=60, burst=2), counts_received=True)
    await answering.accept(enqueued("one"))
    await answer_once(answering)
    thumb = enqueued(person=BOB)
    await answering.accept(
        evolve(thumb, message=evolve(thumb.message, content=Reaction(message_id="sent-1", emoji="x")))
    )

    assert await answer_once(answering) is Outcome.NOTED


async def test_a_throttled_person_waits_alone() -> None:
    """The channel limits messages to this person. Others are answered."""
    answering = Answering()
    await answering.accept(enqueued("one"), enqueued("from Bob", person=BOB))
    answering.messenger.send_failures.append(SendFailure.PERSON_THROTTLED)

    outcomes = [await answer_once(answering), await answer_once(answering), *await answer_to_the_end(answering)]

    assert outcomes[:2] == [Outcome.RETRIED, Outcome.ANSWERED]
    assert outcomes[-1] is Outcome.ANSWERED
    assert answering.messenger.sent_texts == ["You said: from Bob", "You said: one"]


async def test_an_open_circuit_breaker_runs_no_agent() -> None:
    """Its answer would only become old."""
    answering = Answering()
    await answering.breaker.open(channel="whatsapp", reason="190: token expired", seconds=60)
    await answering.accept(enqueued())

    assert await answer_once(answering) is Outcome.DEFERRED

    assert answering.agent.calls == []
    assert answering.happened[ActivityKind.STOPPED] == [{"reason": "190: token expired"}]


async def test_an_operator_closes_the_circuit_breaker() -> None:
    """Messages are sent at once."""
    answering = Answering()
    await answering.breaker.open(channel="whatsapp", reason="190: token expired", seconds=60)
    await answering.breaker.close(channel="whatsapp")
    await answering.accept(enqueued())

    assert await answer_once(answering) is Outcome.ANSWERED


@pytest.mark.parametrize("again", [1, 2])
async def test_an_opening_is_published_once(again: int) -> None:
    """However many turns fail."""
    answering = Answering()

    for _ in range(1 + again):
        await answering.breaker.open(channel="whatsapp", reason="190", seconds=60)

    assert len(answering.happened[ActivityKind.STOPPED]) == 1


async def test_a_turn_without_a_send_does_not_close_the_circuit_breaker() -> None:
    """Only an accepted message does."""
    answering = Answering()
    await answering.breaker.open(channel="whatsapp", reason="190: token expired", seconds=0)
    thumb = enqueued()
    await answering.accept(
        evolve(thumb, message=evolve(thumb.message, content=Reaction(message_id="sent-1", emoji="x")))
    )

    assert await answer_once(answering) is Outcome.NOTED

    breaker = await answering.breaker.try_acquire(channel="whatsapp")
    assert breaker.state is not State.CLOSED
    assert ActivityKind.RESUMED not in answering.happened
