"""While another app of the business has a conversation, the agent is silent."""

from attrs import evolve

from domain.conversations.activity import ActivityKind
from domain.conversations.channel_events import ThreadControl
from domain.conversations.outcome import Outcome
from support.answering import Answering
from support.messages import ANA
from support.turns import answer_texts, notes_of, state_of

TAKEN = ThreadControl(channel="whatsapp", person=ANA, is_ours=False, at=1_750_000_000.0, event_id="1", text="hello?")
PASSED = ThreadControl(channel="whatsapp", person=ANA, is_ours=True, at=1_750_000_010.0, event_id="2")


async def apply(answering: Answering, *events: ThreadControl) -> None:
    await answering.use_cases.apply_events(events=events, now=answering.clock.now())


async def test_silence_until_control_comes_back() -> None:
    """What was written meanwhile is noted for the agent."""
    answering = Answering()

    await apply(answering, TAKEN)
    held = await answer_texts(answering, "are you there?")
    notes = await notes_of(answering)
    await apply(answering, PASSED)

    assert held is Outcome.HELD
    assert notes[0] == "hello?"
    assert await answer_texts(answering, "and now?") is Outcome.ANSWERED
    assert len(answering.happened[ActivityKind.HUMAN]) == 2


async def test_a_repeated_event_changes_nothing() -> None:
    """Meta delivers again, also after the control came back."""
    answering = Answering()

    await apply(answering, TAKEN, PASSED, TAKEN)

    assert (await state_of(answering)).human_until is None


async def test_an_old_event_silences_nobody() -> None:
    """After an outage: a takeover would be over by now."""
    answering = Answering()
    answering.clock.advance(answering.channel.human_seconds + 1)

    await apply(answering, evolve(TAKEN, event_id="3"))

    assert (await state_of(answering)).human_until is None
