"""An agent's parts in the form of a channel."""

import pytest

from application.speak import speak
from domain.contents import Choice
from domain.conversations import Person
from domain.parts import ButtonsPart, LocationPart, MenuPart, MenuSection, Part, TextPart
from support.answering import Answering
from support.parts import PARTS

ASKED = (Choice(id="s", title="Small"),)
SPANISH, NOBODY = Person(phone="34600000000"), Person(user_id="US.1")


async def spoken(*parts: Part, person: Person = NOBODY) -> list[Part]:
    """For a channel that can show everything."""
    return list(await speak(Answering().channel, parts, person))


@pytest.mark.parametrize(("person", "word"), [(SPANISH, "Elegir"), (NOBODY, "Choose")])
async def test_choices_behind_a_button_have_a_word_on_it(person: Person, word: str) -> None:
    """In the person's language; a question with buttons may turn into one."""
    menu = MenuPart(body="Which?", sections=(MenuSection(choices=ASKED),))

    assert await spoken(menu, ButtonsPart(body="Which?", choices=ASKED), person=person) == [
        MenuPart(body="Which?", button=word, sections=menu.sections),
        ButtonsPart(body="Which?", choices=ASKED, button=word),
    ]


async def test_the_word_of_the_agent_stays() -> None:
    """It knows what is chosen."""
    menu = MenuPart(body="Which?", button="Sizes", sections=(MenuSection(choices=ASKED),))

    assert await spoken(menu) == [menu]


async def test_neighbouring_texts_are_one() -> None:
    """Each message may cost."""
    place = next(part for part in PARTS if isinstance(part, LocationPart))

    assert await spoken(TextPart(body="a"), TextPart(body="b"), place) == [TextPart(body="a\n\nb"), place]
