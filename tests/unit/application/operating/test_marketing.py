"""People who take no marketing messages any more, and templates that may be some."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.operating.initiate_message import MarketingRefusedError
from domain.conversations.account_events import MarketingPreference
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.messages.parts import TemplateCategory, TemplatePart, TextPart
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA
from support.turns import answer_once, answer_texts, state_of

OFFER = TemplatePart(name="offer", language="en_US", category=TemplateCategory.MARKETING)
UNNAMED = evolve(OFFER, category=None)
SHIPPED = evolve(OFFER, name="shipped", category=TemplateCategory.UTILITY)
SAYS_TEMPLATE = 'Here you are.\n```trunkline\n{"template": {"name": "offer", "language": "en_US"%s}}\n```'


async def tell(answering: Answering, *, allowed: bool, at: float) -> None:
    await receive(answering, MarketingPreference(channel="whatsapp", person=ANA, allowed=allowed, at=at))


@pytest.mark.parametrize("part", [OFFER, UNNAMED])
async def test_who_stopped_marketing_is_sent_none(part: TemplatePart) -> None:
    """A template of which nobody said what it is may be marketing."""
    answering = Answering()
    await tell(answering, allowed=False, at=1.0)

    with pytest.raises(MarketingRefusedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="Hi"), part], key="a")


@pytest.mark.parametrize("part", [SHIPPED, TextPart(body="Your parcel is here.")])
async def test_everything_else_is_sent(part: TemplatePart | TextPart) -> None:
    """They stopped marketing, not us."""
    answering = Answering()
    await tell(answering, allowed=False, at=1.0)

    assert (await answering.initiate(channel="whatsapp", to=ANA, parts=[part], key="a")).new


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ([(False, 1.0), (True, 2.0)], True),
        ([(True, 2.0), (False, 1.0)], True),
        ([(False, 1.0), (True, 2.0), (False, 1.0)], True),
        ([(True, 1.0), (False, 2.0)], False),
        ([(False, 2.0), (True, 2.0)], False),
    ],
)
async def test_the_latest_word_counts(told: list[tuple[bool, float]], *, taken: bool) -> None:
    """Not the one that came last; of the same second, the refusal."""
    answering = Answering()

    for allowed, at in told:
        await tell(answering, allowed=allowed, at=at)

    assert (await state_of(answering)).takes_marketing is taken


async def test_an_agents_template_is_reported_and_not_sent() -> None:
    """The rest of its answer is."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: SAYS_TEMPLATE % ""))
    await tell(answering, allowed=False, at=1.0)

    assert await answer_texts(answering, "hello") is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["Here you are."]
    (answered,) = answering.happened[ActivityKind.ANSWERED]
    assert "template offer is not sent: they take no marketing messages" in answered["reason"]


async def test_a_fresh_start_does_not_undo_it() -> None:
    """Nor does a question that comes with it."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: SAYS_TEMPLATE % ""))
    await tell(answering, allowed=False, at=1.0)

    assert await answer_texts(answering, "/new", "hello") is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["Here you are."]
    assert not (await state_of(answering)).takes_marketing


async def test_an_agents_template_of_another_category_is_sent() -> None:
    """It says which."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: SAYS_TEMPLATE % ', "category": "UTILITY"'))
    await tell(answering, allowed=False, at=1.0)

    await answer_texts(answering, "hello")

    assert answering.messenger.sent[-1].part == evolve(UNNAMED, category=TemplateCategory.UTILITY)


async def test_what_was_queued_before_is_not_sent_either() -> None:
    """It is a dead letter, which says why."""
    answering = Answering()
    await answering.initiate(channel="whatsapp", to=ANA, parts=[OFFER], key="a")
    await tell(answering, allowed=False, at=1.0)

    assert await answer_once(answering) is Outcome.FAILED

    assert answering.messenger.sent == []
    assert answering.dead == [
        (f"whatsapp:{ANA.phone}", "send: final (not sent, they take no marketing messages)"),
    ]
