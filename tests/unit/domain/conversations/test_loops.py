"""How a loop of two programs is recognised, and a person is not taken for a program."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.loops import LoopPolicy
from domain.conversations.person_commands import Commands
from domain.conversations.state import ConversationState
from domain.messages.inbound import InboundMessage, Tap
from domain.messages.shared_values import Choice
from support.messages import message

POLICY = LoopPolicy()
COMMANDS = Commands()
AWAY = "Thank you for your message. Our office is closed, we answer from Monday on."


def after(state: ConversationState, *messages: InboundMessage, at: float) -> ConversationState:
    """The state after these messages were judged, and answered `at` that time if they are answered."""
    rounds = POLICY.judge(messages, commands=COMMANDS, state=state, now=at)
    if rounds.is_loop:
        return evolve(state, loop_until=at + POLICY.rest_seconds)
    return evolve(state, answered_at=at, quick_rounds=rounds.quick)


def text_message(words: str, at: float) -> InboundMessage:
    return message(words, arrived_at=at)


def rounds_until_stopped(words: str, *, seconds: float, our_seconds: float = 3.0) -> int | None:
    """The number of answers until answering stops, when `words` come so many seconds after each answer.

    None: it never stops.
    """
    now, state = 1000.0, ConversationState()
    for number in range(1000):
        state = after(state, text_message(words, now), at=now + our_seconds)
        if state.loop_until:
            return number
        now += our_seconds + seconds
    return None


@pytest.mark.parametrize("seconds", [0.0, 1.0, 5.0, 9.0])
def test_an_automatic_responder_is_stopped(seconds: float) -> None:
    """After its first message and twenty rounds."""
    assert rounds_until_stopped(AWAY, seconds=seconds) == POLICY.max_rounds


@pytest.mark.parametrize(
    ("words", "seconds"), [("ok", 3.0), ("B", 2.5), ("and tomorrow?", 4.0), (AWAY, 15.0), (AWAY, 86_400.0)]
)
def test_text_that_a_person_can_type_in_that_time_is_answered(words: str, seconds: float) -> None:
    """However often it comes."""
    assert rounds_until_stopped(words, seconds=seconds) is None


@given(
    chat=st.lists(
        st.tuples(
            st.floats(min_value=2.5, max_value=8.0), st.integers(1, 200), st.sampled_from(["once", "burst", "early"])
        ),
        min_size=20,
        max_size=80,
    ),
    our_seconds=st.floats(min_value=0.1, max_value=20.0),
)
def test_the_fastest_typist_is_answered(chat: list[tuple[float, int, str]], our_seconds: float) -> None:
    """A person who types eight characters a second without a pause, also in bursts, and before our answer."""
    now, state = 1000.0, ConversationState()
    for pause, length, kind in chat:
        typed = now + pause + length / 8
        words = [text_message("x" * length, typed)]
        if kind == "burst":
            words.append(text_message("x" * length, typed + length / 8))
        if kind == "early":
            words.insert(0, text_message("wait", now - our_seconds / 2))
        state = after(state, *words, at=words[-1].arrived_at + our_seconds)
        assert state.loop_until is None
        now = state.answered_at or now


def tapped(at: float) -> InboundMessage:
    return evolve(text_message("", at), content=Tap(choice=Choice(id="s", title="Small")))


@pytest.mark.parametrize(
    "shown", [tapped(1000.0), text_message("Small", 1000.0), text_message("1", 1000.0), text_message("/new", 1000.0)]
)
def test_a_tap_or_a_command_shows_a_person(shown: InboundMessage) -> None:
    """Right after an answer, and also during a loop."""
    choices = (Choice(id="s", title="Small"),)
    state = ConversationState(answered_at=1000.0, quick_rounds=19, loop_until=1500.0, choices=choices)

    rounds = POLICY.judge([shown], commands=COMMANDS, state=state, now=1000.0)

    assert (rounds.quick, rounds.is_loop) == (0, False)


@pytest.mark.parametrize(("now", "is_loop"), [(1599.0, True), (1600.0, False)])
def test_a_loop_is_answered_again_after_its_rest(now: float, *, is_loop: bool) -> None:
    """Not before, even after a long silence."""
    state = ConversationState(answered_at=1000.0, loop_until=1600.0)

    assert POLICY.judge([text_message(AWAY, now)], commands=COMMANDS, state=state, now=now).is_loop is is_loop


def test_a_forwarded_text_was_not_typed() -> None:
    """A person forwards a long text in a moment."""
    state = ConversationState(answered_at=1000.0, quick_rounds=19)
    forwarded = evolve(text_message("x" * 4000, 1003.0), forwarded=True)

    assert POLICY.judge([forwarded], commands=COMMANDS, state=state, now=1004.0).quick == 18
