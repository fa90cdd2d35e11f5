"""What counts as a person's yes to an action of the agent."""

import pytest
from attrs import evolve

from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.confirmations import (
    CONFIRM_PREFIX,
    DECLINE_PREFIX,
    NO,
    YES,
    confirmation_buttons,
    decision_of,
    is_yes,
    may_confirm,
    taken_together,
)
from domain.conversations.state import ConversationState
from domain.messages.inbound import Content, Correction, InboundMessage, Media, Reaction, Tap, Text
from domain.messages.shared_values import Choice, MediaKind
from entrypoints.texts import shipped_texts
from support.messages import message

CONFIRM, DECLINE = Choice(id=f"{CONFIRM_PREFIX}7-0", title="Yes"), Choice(id=f"{DECLINE_PREFIX}7-0", title="No")
VOICE = Media(kind=MediaKind.VOICE, id="voice")


def sent(content: Content | str, *, forwarded: bool = False) -> InboundMessage:
    content = Text(body=content) if isinstance(content, str) else content
    return evolve(message(), content=content, forwarded=forwarded)


@pytest.mark.parametrize(
    "text",
    [
        "si",
        "SÍ",
        " si\u0301 ",
        "Sí.",
        "¡Sí!",
        "sí 👍🏽",
        "✅ sí",
        "Sí, dale!",
        "sí sí",
        "yes",
        "Ok",
        "sim",
        "Oui !",
        "sì",
        "\u200esí",
    ],
)
def test_a_yes_in_any_form(text: str) -> None:
    """In any case, with punctuation or an emoji, in the languages that we have texts in."""
    assert is_yes(text, language="es")


@pytest.mark.parametrize(
    "text",
    ["", "👍", "no", "sí?", "¿sí?", "ok 👎", "sí 🤔", "sí, pero dos", "si 2", "sino", "ja", "ja ja", "yes " * 20],
)
def test_what_is_no_certain_yes(text: str) -> None:
    """A question, a condition, a laugh, an emoji alone: the agent gets it as it is."""
    assert not is_yes(text, language="es")


def test_a_yes_in_one_language_alone() -> None:
    """Of a person who likely speaks it."""
    assert is_yes("Ja!", language="de")


def test_the_shipped_buttons_say_yes_and_no() -> None:
    """Typed instead of tapped, they mean the same, also beside other messages."""
    texts = shipped_texts()

    assert all(is_yes(title, language=language) for language, title in texts.confirm.by_language.items())
    assert not any(is_yes(title, language=language) for language, title in texts.decline.by_language.items())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sí", True),
        ("ja", True),
        ("1.", True),
        ("x" * 100_000, False),
        ("dos", False),
        (Tap(choice=CONFIRM), True),
        (Tap(choice=DECLINE), True),
        (Tap(choice=Choice(id="s", title="Small")), False),
        (VOICE, True),
        (evolve(VOICE, kind=MediaKind.AUDIO), True),
        (evolve(VOICE, kind=MediaKind.IMAGE), False),
        (Reaction(message_id="m1", emoji="👍"), False),
    ],
)
def test_what_may_confirm(content: Content | str, *, expected: bool) -> None:
    """Whatever the language; of a voice note nobody knows yet what is said."""
    assert may_confirm(sent(content)) is expected


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ([], 0),
        (["one", "two"], 2),
        (["wait", "sí"], 1),
        (["sí", "thanks"], 1),
        (["sí", "sí"], 1),
        (["sí", Correction(message_id="m1", body="no"), Reaction(message_id="m1"), "thanks"], 3),
        ([Reaction(message_id="m1"), "sí"], 1),
        (["sí", Reaction(message_id="m1")], 2),
    ],
)
def test_which_messages_are_one_turn(contents: list[Content | str], expected: int) -> None:
    """A message that may confirm is alone, but for the annotations after it."""
    assert taken_together([sent(content) for content in contents]) == expected


@pytest.mark.parametrize(
    ("content", "transcript", "expected"),
    [
        ("Sí!", "", YES),
        ("no", "", ""),
        (Tap(choice=CONFIRM), "", YES),
        (Tap(choice=DECLINE), "", NO),
        (Tap(choice=Choice(id="yes", title="sí")), "", ""),
        (VOICE, "Sí.", YES),
        (VOICE, "", ""),
        (VOICE, "Sí, pero mañana.", ""),
        (Reaction(message_id="m1", emoji="👍"), "", ""),
    ],
)
def test_a_decision(content: Content | str, transcript: str, expected: str) -> None:
    """A yes, or a no by the button; everything else is for the agent to read."""
    assert decision_of(sent(content), transcript=transcript, language="es") == expected


def test_the_words_of_others_decide_nothing() -> None:
    """A forwarded yes is somebody else's."""
    assert decision_of(sent("sí", forwarded=True), transcript="", language="es") == ""


def test_the_buttons_name_their_question() -> None:
    """So that a tap on an earlier one is no answer to this one."""
    buttons = confirmation_buttons("Voy a ejecutar: *a*", turn_id="7-0", confirm="Yes", decline="No")

    assert buttons.choices == (CONFIRM, DECLINE)
    assert buttons.body.text == "Voy a ejecutar: *a*"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (NoteKind.MESSAGE, True),
        (NoteKind.COLLEAGUE_DID, True),
        (NoteKind.COLLEAGUE_WROTE, False),
        (NoteKind.OPERATOR_WROTE, False),
        (NoteKind.NOT_DELIVERED, False),
    ],
)
def test_when_a_confirmation_is_awaited(kind: NoteKind, *, expected: bool) -> None:
    """While the question is the last thing that the person read."""
    state = ConversationState(choices=(CONFIRM, DECLINE), agent_notes=(AgentNote(kind=kind, text="x"),))

    assert state.asks_confirmation
    assert state.awaits_confirmation is expected


def test_other_choices_ask_for_no_confirmation() -> None:
    """An agent's own buttons are read as its choices."""
    assert not ConversationState(choices=(Choice(id="si", title="Yes"),)).asks_confirmation
