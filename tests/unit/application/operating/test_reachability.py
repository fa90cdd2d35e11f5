"""People who block us, leave, and come back: they are not written to in vain."""

import pytest

from application.operating.initiate_message import PersonUnreachableError
from domain.conversations.activity import ActivityKind
from domain.conversations.channel_events import Reachability
from domain.conversations.outcome import Outcome
from domain.messages.outbound import TextPart
from domain.policies.retry import SendFailure
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA, message
from support.turns import answer_once, answer_texts, notes_of, state_of

HELLO = [TextPart(body="Hello")]


async def reached(answering: Answering, *, reachable: bool, at: float) -> None:
    event = Reachability(channel="whatsapp", person=ANA, reachable=reachable, at=at, description="kicked")
    await receive(answering, event)


async def test_nothing_is_initiated_to_who_cannot_be_reached() -> None:
    """Nothing is queued. The event is published."""
    answering = Answering()
    await reached(answering, reachable=False, at=1.0)

    with pytest.raises(PersonUnreachableError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=HELLO, key="a")

    assert answering.happened == {
        ActivityKind.REACHABILITY: [{"person": ANA.key, "reachable": "no", "detail": "kicked"}]
    }


@pytest.mark.parametrize(
    ("events", "can"),
    [([(1, False), (2, True)], True), ([(2, True), (1, False)], True), ([(2, False), (1, True)], False)],
)
async def test_the_latest_event_counts(events: list[tuple[float, bool]], *, can: bool) -> None:
    """By its time, not by its arrival."""
    answering = Answering()

    for at, reachable in events:
        await reached(answering, reachable=reachable, at=at)

    assert (await state_of(answering)).is_reachable is can


async def test_who_writes_can_be_reached() -> None:
    """Although no event said so."""
    answering = Answering()
    now = answering.clock.now()
    await reached(answering, reachable=False, at=now - 60)
    await receive(answering, message("Hello again", sent_at=now))

    assert await answer_once(answering) is Outcome.ANSWERED
    assert (await state_of(answering)).is_reachable


async def test_a_block_is_no_dead_letter() -> None:
    """The turn ends, the agent learns what did not arrive, and nothing is initiated from then on."""
    answering = Answering()
    answering.clock.advance(60)
    answering.messenger.fail_next(*[SendFailure.PERSON_UNREACHABLE] * 2)  # the acknowledgement fails too

    assert await answer_texts(answering, "hello") is Outcome.UNREACHABLE

    assert answering.dead == []
    assert await notes_of(answering) == ('[this did not reach them: "You said: hello"]',)
    assert [detail["reason"] for detail in answering.happened[ActivityKind.UNREACHABLE]] == [
        "the person cannot be reached"
    ]
    with pytest.raises(PersonUnreachableError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=HELLO, key="a")


async def test_what_was_queued_before_a_block_is_not_sent() -> None:
    """The channel is not asked again."""
    answering = Answering()
    await answering.initiate(channel="whatsapp", to=ANA, parts=HELLO, key="a")
    await reached(answering, reachable=False, at=answering.clock.now())

    assert await answer_once(answering) is Outcome.UNREACHABLE

    assert (answering.messenger.sent, answering.dead) == ([], [])
