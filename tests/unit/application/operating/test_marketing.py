"""People who refuse marketing messages, and templates that may be marketing."""

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.operating.initiate_message import MarketingRefusedError
from domain.conversations.activity import ActivityKind
from domain.conversations.channel_events import MarketingPreference
from domain.conversations.outcome import Outcome
from domain.messages.outbound import TemplateCategory, TemplatePart, TextPart
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA
from support.turns import answer_once, answer_texts, state_of

OFFER = TemplatePart(name="offer", language="en_US", category=TemplateCategory.MARKETING)
UNNAMED = evolve(OFFER, category=None)
SHIPPED = evolve(OFFER, name="shipped", category=TemplateCategory.UTILITY)
SAYS_TEMPLATE = 'Here you are.\n```trunkline\n{"template": {"name": "offer", "language": "en_US"%s}}\n```'


async def set_preference(answering: Answering, *, allowed: bool, at: float) -> None:
    await receive(answering, MarketingPreference(channel="whatsapp", person=ANA, allowed=allowed, at=at))


@pytest.mark.parametrize("part", [OFFER, UNNAMED])
async def test_a_person_who_refuses_marketing_gets_no_template_without_category(part: TemplatePart) -> None:
    """It may be marketing."""
    answering = Answering()
    await set_preference(answering, allowed=False, at=1.0)

    with pytest.raises(MarketingRefusedError):
        await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="Hi"), part], key="a")


@pytest.mark.parametrize("part", [SHIPPED, TextPart(body="Your parcel is here.")])
async def test_everything_else_is_sent(part: TemplatePart | TextPart) -> None:
    """They refuse only marketing."""
    answering = Answering()
    await set_preference(answering, allowed=False, at=1.0)

    assert (await answering.initiate(channel="whatsapp", to=ANA, parts=[part], key="a")).new


@pytest.mark.parametrize(
    ("preferences", "taken"),
    [
        ([(False, 1.0), (True, 2.0)], True),
        ([(True, 2.0), (False, 1.0)], True),
        ([(False, 1.0), (True, 2.0), (False, 1.0)], True),
        ([(True, 1.0), (False, 2.0)], False),
        ([(False, 2.0), (True, 2.0)], False),
    ],
)
async def test_the_latest_preference_counts(preferences: list[tuple[bool, float]], *, taken: bool) -> None:
    """By its time, not by its arrival. Within the same second, the refusal counts."""
    answering = Answering()

    for allowed, at in preferences:
        await set_preference(answering, allowed=allowed, at=at)

    assert (await state_of(answering)).takes_marketing is taken


async def test_an_agents_template_is_reported_and_not_sent() -> None:
    """The rest of its answer is sent."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: SAYS_TEMPLATE % ""))
    await set_preference(answering, allowed=False, at=1.0)

    assert await answer_texts(answering, "hello") is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["Here you are."]
    (answered,) = answering.happened[ActivityKind.ANSWERED]
    assert "template offer is not sent: they take no marketing messages" in answered["reason"]


async def test_a_fresh_start_keeps_the_preference() -> None:
    """Also with a question in the same turn."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: SAYS_TEMPLATE % ""))
    await set_preference(answering, allowed=False, at=1.0)

    assert await answer_texts(answering, "/new", "hello") is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["Here you are."]
    assert not (await state_of(answering)).takes_marketing


async def test_an_agents_template_of_another_category_is_sent() -> None:
    """The template names the category."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: SAYS_TEMPLATE % ', "category": "UTILITY"'))
    await set_preference(answering, allowed=False, at=1.0)

    await answer_texts(answering, "hello")

    assert answering.messenger.sent[-1].part == evolve(UNNAMED, category=TemplateCategory.UTILITY)


async def test_a_template_queued_before_the_refusal_is_not_sent() -> None:
    """It becomes a dead letter with the reason."""
    answering = Answering()
    await answering.initiate(channel="whatsapp", to=ANA, parts=[OFFER], key="a")
    await set_preference(answering, allowed=False, at=1.0)

    assert await answer_once(answering) is Outcome.FAILED

    assert answering.messenger.sent == []
    assert answering.dead == [
        (f"whatsapp:{ANA.phone}", "send: final (not sent, they take no marketing messages)"),
    ]
