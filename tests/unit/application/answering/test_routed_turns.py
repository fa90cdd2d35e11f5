"""Which agent answers a turn, and how that is kept: rules, hand-offs, operators, retries."""

import asyncio
from typing import Any

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.answering.agent_runtimes import AgentRuntimes
from application.ports.agent import AgentAnswer
from domain.conversations.activity import ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.routing import Routing, Rule
from domain.messages.inbound import Media, Referral, ReferralKind, Tap
from domain.messages.localized_texts import LocalizedText
from domain.messages.shared_values import Choice, MediaKind
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import CONVERSATION, enqueued
from support.turns import ASKS, answer_once, answer_texts, answer_to_the_end, notes_of, state_of

AGENTS = ("assistant", "billing", "sales")
BILLING = Rule(name="invoices", words=("invoice",), agent="billing")
TEXT = Rule(name="address", words=("address",), text=LocalizedText(by_language={"en": "12 Main Street."}, default="en"))


def handing_over(**route: object) -> AgentAnswer:
    return AgentAnswer(text="One moment.", data={"route": route})


def answering_with(*rules: Rule, script: dict[str, Any] | None = None, **parts: Any) -> Answering:
    agent = ScriptedAgent(names=AGENTS, script=script or {})
    return Answering(agent=agent, routing=Routing(rules=rules) if rules else None, **parts)


def asked(answering: Answering) -> list[str]:
    """The agents, in the order in which they were asked."""
    return [call.agent for call in answering.agent.calls]


async def test_without_rules_the_channels_agent_answers() -> None:
    """And nothing about it is stored."""
    answering = answering_with()

    await answer_texts(answering, "my invoice")

    assert asked(answering) == ["assistant"]
    assert (await state_of(answering)).route.agent == ""
    assert ActivityKind.ROUTED not in answering.happened


async def test_a_rule_names_the_agent_for_the_conversation() -> None:
    """It answers what follows, too. The change is an event."""
    answering = answering_with(BILLING)

    for text in ("hello", "My INVOICE please", "thanks"):
        await answer_texts(answering, text)

    assert asked(answering) == ["assistant", "billing", "billing"]
    (routed,) = answering.happened[ActivityKind.ROUTED]
    assert (routed["agent"], routed["reason"]) == ("billing", "rule invoices")


async def test_a_new_session_begins_with_the_channels_agent() -> None:
    """Unless a rule matches what follows the command."""
    answering = answering_with(BILLING)
    await answer_texts(answering, "invoice")

    await answer_texts(answering, "/new")
    await answer_texts(answering, "hello")
    await answer_texts(answering, "/new", "invoice")

    assert asked(answering) == ["billing", "assistant", "billing"]
    reasons = [routed["reason"] for routed in answering.happened[ActivityKind.ROUTED]]
    assert reasons == ["rule invoices", "a new session", "rule invoices"]


async def test_a_tapped_choice_a_caption_and_a_referral() -> None:
    """Rules look at them as at words."""
    answering = answering_with(
        Rule(name="1", choices=frozenset({"pay"}), agent="billing"),
        Rule(name="2", referral=("spring",), agent="sales"),
        BILLING,
    )
    tap = enqueued("x")
    tap = evolve(tap, message=evolve(tap.message, content=Tap(choice=Choice(id="pay", title="Pay"))))
    led = enqueued("hello")
    advertisement = Referral(kind=ReferralKind.ADVERTISEMENT, headline="Spring sale")
    led = evolve(led, message=evolve(led.message, referral=advertisement))
    photo = enqueued("x")
    photo = evolve(
        photo, message=evolve(photo.message, content=Media(kind=MediaKind.IMAGE, id="1", caption="the invoice"))
    )

    for posted in (tap, led, photo):
        await answering.accept(posted)
        await answer_once(answering)

    assert asked(answering) == ["billing", "sales", "billing"]


@pytest.mark.parametrize("typed", ["2", "large"])
async def test_a_typed_choice(typed: str) -> None:
    """Its number or its title count as the tap, for rules as for agents."""
    answering = answering_with(Rule(name="1", choices=frozenset({"Large"}), agent="sales"), script={"size": ASKS})
    await answer_texts(answering, "size")
    (choice, *_) = [choice for choice in (await state_of(answering)).choices if choice.title == "Large"]
    rule = Rule(name="1", choices=frozenset({choice.id}), agent="sales")
    answering = evolve(answering, routing=Routing(rules=(rule,)))

    await answer_texts(answering, typed)

    assert asked(answering)[-1] == "sales"


async def test_a_rule_answers_with_a_text() -> None:
    """No agent is asked. It reads the message with the next one."""
    answering = answering_with(TEXT)

    outcome = await answer_texts(answering, "Your address?")

    assert outcome is Outcome.ROUTED
    assert answering.messenger.sent_texts == ["12 Main Street."]
    assert await notes_of(answering) == ("Your address?",)
    assert answering.happened[ActivityKind.ROUTED][0]["reason"] == "rule address"

    await answer_texts(answering, "thanks")

    assert answering.agent.calls[-1].query == "Your address?\nthanks"
    assert await notes_of(answering) == ()


async def test_an_agent_hands_over() -> None:
    """From the next message on. The text is sent, the route is not."""
    answering = answering_with(script={"a person, please": handing_over(start_session=True, handoff_agent="sales")})

    for text in ("a person, please", "hello", "bye"):
        await answer_texts(answering, text)

    assert asked(answering) == ["assistant", "sales", "sales"]
    assert answering.messenger.sent_texts[0] == "One moment."
    (routed,) = answering.happened[ActivityKind.ROUTED]
    assert (routed["agent"], routed["reason"]) == ("sales", "assistant handed over")
    assert [call.context["is_new_conversation"] for call in answering.agent.calls] == [True, False, False]


async def test_an_agent_hands_back() -> None:
    """To the channel's own: nothing is stored any more."""
    script = {"one": handing_over(handoff_agent="sales"), "two": handing_over(handoff_agent="assistant")}
    answering = answering_with(script=script)

    for text in ("one", "two", "three"):
        await answer_texts(answering, text)

    assert asked(answering) == ["assistant", "sales", "assistant"]
    assert (await state_of(answering)).route.agent == ""


async def test_no_session_is_started() -> None:
    """The next message is the first of a conversation again, and the entry agent answers it."""
    answering = answering_with(BILLING, script={"invoice": handing_over(start_session=False, handoff_agent="sales")})

    await answer_texts(answering, "invoice")
    await answer_texts(answering, "hello")

    assert asked(answering) == ["billing", "assistant"]
    assert [call.context["is_new_conversation"] for call in answering.agent.calls] == [True, True]


async def test_a_hand_off_to_an_agent_that_does_not_exist() -> None:
    """The channel's agent answers in its place: the person is not lost."""
    answering = answering_with(script={"one": handing_over(handoff_agent="nobody")})

    await answer_texts(answering, "one")
    outcome = await answer_texts(answering, "two")

    assert outcome is Outcome.ANSWERED
    assert asked(answering) == ["assistant", "nobody", "assistant"]
    assert answering.messenger.sent_texts[-1] == "You said: two"


async def test_a_rule_is_stronger_than_a_hand_off() -> None:
    """When the message has its words."""
    answering = answering_with(BILLING, script={"one": handing_over(handoff_agent="sales")})

    for text in ("one", "two", "invoice"):
        await answer_texts(answering, text)

    assert asked(answering) == ["assistant", "sales", "billing"]


async def test_an_operator_chooses() -> None:
    """Until a rule matches, or they choose the channel's own again."""
    answering = answering_with(BILLING)

    await answering.choose_agent(conversation=CONVERSATION, agent="sales")
    await answer_texts(answering, "hello")
    await answering.choose_agent(conversation=CONVERSATION, agent=None)
    await answer_texts(answering, "hello")

    assert asked(answering) == ["sales", "assistant"]
    reasons = [routed["reason"] for routed in answering.happened[ActivityKind.ROUTED]]
    assert reasons == ["an operator chose it"] * 2


async def test_a_turn_that_is_tried_again_has_the_same_agent() -> None:
    """Although an operator chose another one meanwhile: that one answers what follows."""
    failures = [AgentFailure.MODEL_FAILED]
    answering = Answering(
        agent=ScriptedAgent(names=AGENTS, script=lambda query: failures.pop() if failures else f"You said: {query}"),
        routing=Routing(rules=(BILLING,)),
    )

    assert await answer_texts(answering, "invoice") is Outcome.RETRIED
    await answering.choose_agent(conversation=CONVERSATION, agent="sales")
    await answer_to_the_end(answering)
    await answer_texts(answering, "thanks")

    assert asked(answering) == ["billing", "billing", "sales"]


async def test_a_worker_that_stops_while_the_agent_is_asked() -> None:
    """The next worker may have other rules, after an update: it asks the same agent, which answers what follows too."""
    answering = answering_with(BILLING)
    answering.agent.hold()
    await answering.accept(enqueued("invoice"))
    stopping = asyncio.create_task(answer_once(answering))
    await answering.agent.called(1)

    stopping.cancel()
    await asyncio.wait([stopping])
    answering.agent.release()
    updated = evolve(answering, routing=Routing(rules=(evolve(BILLING, agent="sales"),)))
    await answer_once(updated)
    await answer_texts(updated, "thanks")

    assert asked(answering) == ["billing", "billing", "billing"]


async def test_what_a_failed_attempt_decided_is_kept() -> None:
    """The rule chose the agent for the conversation, not for the attempt."""
    failures = [AgentFailure.MODEL_FAILED]
    answering = Answering(
        agent=ScriptedAgent(names=AGENTS, script=lambda query: failures.pop() if failures else f"You said: {query}"),
        routing=Routing(rules=(BILLING,)),
    )

    await answer_texts(answering, "invoice")
    await answer_to_the_end(answering)
    await answer_texts(answering, "thanks")

    assert asked(answering) == ["billing", "billing", "billing"]


async def test_a_confirmation_goes_to_who_asked() -> None:
    """No rule takes the yes from the agent that waits for it."""
    asks = AgentAnswer(text="", confirmation="Para confirmar respondé SI. Voy a ejecutar: pay con A: 1")
    answering = answering_with(Rule(name="yes", words=("yes",), agent="sales"), BILLING, script={"invoice": asks})
    await answer_texts(answering, "invoice")

    await answer_texts(answering, "yes")

    assert asked(answering) == ["billing", "billing"]
    assert answering.agent.calls[-1].query == "si"


async def test_each_runtime_runs_its_own_agents() -> None:
    """An agent that hands over names one of its own runtime."""
    main, other = ScriptedAgent(names=AGENTS), ScriptedAgent(names=("entry", "billing"))
    other.script = {"invoice": handing_over(handoff_agent="billing")}
    answering = Answering(agent=main, routing=Routing(rules=(Rule(name="1", words=("invoice",), agent="other/entry"),)))
    runtimes = AgentRuntimes({"main": main, "other": other})
    answer = evolve(answering.use_cases, runtimes=runtimes).answer

    for text in ("hello", "invoice", "thanks"):
        await answering.accept(enqueued(text))
        await answer(lease=answering.lease(await answering.claim()))

    assert [call.agent for call in main.calls] == ["assistant"]
    assert [call.agent for call in other.calls] == ["entry", "billing"]
