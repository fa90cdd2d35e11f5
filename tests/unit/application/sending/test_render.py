"""An agent's parts become messages of a channel."""

import asyncio
import threading

import pytest
from attrs import define, evolve, field

from adapters.channel_kit.contracts.parts import PARTS
from adapters.memory.messenger import EVERYTHING, MemoryMessenger
from application.sending.render import MAX_SHORT_TEXT, render
from domain.messages.outbound import ButtonsPart, LocationPart, MenuPart, MenuSection, Part, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.messages.shared_values import Choice
from domain.people.person import Person
from support.answering import Answering
from support.polling import eventually
from support.watched_ports import WatchedMessenger

ASKED = (Choice(id="s", title="Small"),)
SPANISH, NOBODY = Person(phone="34600000000"), Person(user_id="US.1")
SPEAKS_SPANISH = Person(user_id="7", phone="491700000000", language="es-AR")


async def rendered(*parts: Part, person: Person = NOBODY) -> list[Part]:
    """The messages of a channel that can show everything."""
    return list(await render(Answering().channel, parts, person))


@pytest.mark.parametrize(("person", "word"), [(SPANISH, "Elegir"), (SPEAKS_SPANISH, "Elegir"), (NOBODY, "Choose")])
async def test_a_list_without_a_button_title_gets_one(person: Person, word: str) -> None:
    """In the person's language. A question with buttons may become a list."""
    menu = MenuPart(body="Which?", sections=(MenuSection(choices=ASKED),))

    assert await rendered(menu, ButtonsPart(body="Which?", choices=ASKED), person=person) == [
        MenuPart(body="Which?", button=word, sections=menu.sections),
        ButtonsPart(body="Which?", choices=ASKED, button=word),
    ]


async def test_the_button_title_of_the_agent_stays() -> None:
    """The agent knows what the choices are about."""
    menu = MenuPart(body="Which?", button="Sizes", sections=(MenuSection(choices=ASKED),))

    assert await rendered(menu) == [menu]


async def test_neighbouring_texts_are_one() -> None:
    """Each message may cost money."""
    place = next(part for part in PARTS if isinstance(part, LocationPart))

    assert await rendered(TextPart(body="a"), TextPart(body="b"), place) == [TextPart(body="a\n\nb"), place]


@define(kw_only=True)
class HeldMessenger(WatchedMessenger):
    """Rendering waits until the test lets it go on."""

    begun: threading.Event = field(factory=threading.Event)
    may_end: threading.Event = field(factory=threading.Event)

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        self.begun.set()
        assert self.may_end.wait(timeout=5)
        return MemoryMessenger.render(self, part=part, at_most=at_most)


async def test_the_event_loop_is_free_while_an_answer_is_formatted() -> None:
    """Other turns go on, and leases are renewed."""
    messenger, text = HeldMessenger(), TextPart(body="x" * (MAX_SHORT_TEXT + 1))

    speaking = asyncio.create_task(render(Answering(messenger=messenger).channel, [text], NOBODY))
    await eventually(messenger.begun.is_set)
    messenger.may_end.set()

    assert await speaking == (text,)


async def test_a_reply_has_at_most_ten_messages() -> None:
    """Each part gets one. The first parts that need more get the rest."""
    places = [part for part in PARTS if isinstance(part, LocationPart)][:1] * 3
    messenger = WatchedMessenger(capabilities=evolve(EVERYTHING, text=10))
    text = TextPart(body="x" * 200)

    sent = await render(Answering(messenger=messenger).channel, [places[0], text, *places[1:], text], NOBODY)

    assert len(sent) == MAX_PARTS
    assert [part for part in sent if isinstance(part, LocationPart)] == places
    texts = [part.body.text for part in sent if isinstance(part, TextPart)]
    assert [text for text in texts if "…" in text] == [texts[5], texts[6]]
