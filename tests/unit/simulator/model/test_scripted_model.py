"""The answers of the scripted model."""

import pytest

from adapters.astromesh.confirmation import split_confirmation
from application.agent_markup.answer import read_agent_reply
from domain.conversations.routing import Handoff
from domain.messages.outbound import TextPart
from simulator.model.scripted_model import EXAMPLES, SCENES, answer
from simulator.state.samples import SAMPLES_URL, sample_at


@pytest.mark.parametrize("question", ["Hi", "hello there", "¡hola!".strip("¡"), "Olá", "Good morning"])
def test_greets_back(question: str) -> None:
    """A greeting in one of several languages is returned."""
    assert answer(question).text.startswith("Hello!")


def test_repeats_anything_else() -> None:
    """The answer repeats the whole text of the person."""
    assert '"Do you fail\noften?"' in answer("Do you fail\noften?").text


@pytest.mark.parametrize(
    ("question", "seconds"), [("slow", 8), ("slow 20", 20), ("Slow 3 please", 3), ("slow 600", 60), ("high\nslow 2", 2)]
)
def test_takes_its_time_when_asked(question: str, seconds: float) -> None:
    """The word slow, a number, and a cap."""
    assert answer(question).seconds == seconds


def test_long_answer() -> None:
    """About 20,000 characters of Markdown."""
    assert 20_000 <= len(answer("long").text) <= 21_000


def test_failures() -> None:
    """The commands "fail" and "empty"."""
    assert answer("fail").fails
    assert answer("empty").text == ""


def test_shows_what_it_was_told() -> None:
    """The agent's author sees what became of the prompt. A block in it is an example, and no part of the answer."""
    prompt = 'You talk to Ana.\n```trunkline\n{"image": "https://a.example/b.jpg"}\n```'

    reply = read_agent_reply(answer("prompt", prompt=prompt).text)

    (part,) = reply.parts
    assert isinstance(part, TextPart)
    assert "You talk to Ana." in str(part)


def test_words_that_merely_begin_like_a_command() -> None:
    """A command is a whole word."""
    assert "failure" in answer("failure is not an option").text


def test_is_the_same_each_time() -> None:
    """The same question always has the same answer."""
    assert answer("markdown") == answer("markdown")
    assert answer("help") == answer("HELP")


def test_shows_a_hand_off() -> None:
    """The specialist says that it is one, so that one sees who answers."""
    reply = read_agent_reply(answer("Hand-off").text)

    assert reply.handoff == Handoff(agent="specialist")
    assert answer("who is it?", prompt="You are the specialist to whom ...").text.startswith("Here is the specialist")


@pytest.mark.parametrize("word", sorted(EXAMPLES.keys() - {"hand-off"}))
def test_shows_what_an_agent_can_say(word: str) -> None:
    """The answer has the source of the example and the example itself, as a block that any agent can write."""
    reply = read_agent_reply(answer(word.title()).text, message_ids=("wamid.asked",))

    written, shown = reply.parts
    assert reply.problems == ()
    assert isinstance(written, TextPart)
    assert not isinstance(shown, TextPart)


def test_the_menu_leads_to_everything_else() -> None:
    """Tapping a row says its title. A list has ten rows, so some are a step further."""
    _, menu = read_agent_reply(answer("menu").text).parts
    _, more = read_agent_reply(answer("more").text).parts

    titles = {choice.title.lower() for choice in (*menu.choices, *more.choices)}
    assert len(menu.choices) == 10
    assert titles == (EXAMPLES.keys() | SCENES.keys()) - {"menu", "si", "no"}


def test_a_confirmation_is_asked_for_as_the_runtime_does() -> None:
    """So the person gets two buttons. A tap sends one of two words."""
    said, question = split_confirmation(answer("Confirmation").text)

    assert said == "Two boxes, all right?"
    assert question.endswith("order_post con boxes: 2")
    assert answer("si").text.startswith("You confirmed it.")
    assert answer("no").text.startswith("You declined.")


def test_a_colleague_takes_over() -> None:
    reply = read_agent_reply(answer("colleague").text)

    assert reply.hand_over == "the phone asked for a colleague"
    assert len(reply.parts) == 1


def test_a_proposal_calls_a_tool() -> None:
    assert answer("proposal").calls == ("trunkline_demo_order", {"boxes": 2})


def test_words_about_a_picture_are_repeated() -> None:
    """Only the word alone gives an example."""
    assert answer("picture this").text.startswith('You said: "picture this"')


def test_its_files_need_no_network() -> None:
    """Each link leads to a sample."""
    links = [said[kind] for said in EXAMPLES.values() for kind in ("image", "voice", "document") if kind in said]

    assert len(links) == 3
    assert all(str(link).startswith(SAMPLES_URL) and sample_at(str(link)) for link in links)
