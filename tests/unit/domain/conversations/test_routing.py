"""Which agent the rules of a channel name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.opening_hours import OpeningHours, OpenSpan
from domain.conversations.routing import SETTLED, Route, Routing, RoutingInput, Rule, share_of
from domain.conversations.words import words_of
from domain.messages.localized_texts import LocalizedText

HOURS = OpeningHours(zone=UTC, spans=(OpenSpan(weekday=0, opens=9 * 60, closes=18 * 60),))
OPEN = datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()
CLOSED = datetime(2026, 11, 23, 20, tzinfo=UTC).timestamp()
SORRY = LocalizedText(by_language={"en": "We are closed."}, default="en")
ASKED = RoutingInput(words=words_of("my invoice"), language="es", at=OPEN, person="whatsapp:1")


def rule(name: str = "a", agent: str = "billing", **conditions: Any) -> Rule:
    return Rule(name=name, agent=agent, **conditions)


CLOSED_RULE = Rule(name="closed", text=SORRY, is_open=False, hours=HOURS)
BILLING = rule("billing", words=("invoice",))
EVERYBODY = rule("everybody", agent="day")
NIGHT = rule("night", agent="night", is_open=False, hours=HOURS)


@pytest.mark.parametrize(
    ("conditions", "asked", "why_not"),
    [
        ({"words": ("invoice",)}, {}, ""),
        ({"words": ("bill*", "invoice")}, {}, ""),
        ({"words": ("order",)}, {}, "none of its words is in the text"),
        ({"choices": frozenset({"pay"})}, {"choice_ids": frozenset({"pay", "x"})}, ""),
        ({"choices": frozenset({"pay"})}, {"choice_ids": frozenset({"Pay"})}, "none of its choices was tapped"),
        ({"any_referral": True}, {"led_by": frozenset({"link"})}, ""),
        ({"any_referral": True}, {}, "no advertisement or link led the person here"),
        ({"referral": ("spring sale",)}, {"origin": words_of("https://a/spring-sale?x=1")}, ""),
        ({"referral": ("autumn",)}, {"origin": words_of("spring")}, "none of its words is in what led the person here"),
        ({"languages": frozenset({"es", "pt"})}, {}, ""),
        ({"languages": frozenset({"de"})}, {}, "the person's language is es"),
        ({"is_new": True}, {"is_new": True}, ""),
        ({"is_new": True}, {}, "the conversation is not new"),
        ({"is_new": False}, {"is_new": True}, "the conversation is new"),
        ({"is_open": True, "hours": HOURS}, {}, ""),
        ({"is_open": True, "hours": HOURS}, {"at": CLOSED}, "it is closed"),
        ({"is_open": False, "hours": HOURS}, {}, "it is open"),
        ({"percentage": 100.0}, {}, ""),
        ({"percentage": 0.0}, {}, "the person is not among the 0 %"),
        ({}, {}, ""),
        ({"words": ("invoice",), "is_new": True}, {}, "the conversation is not new"),
    ],
)
def test_conditions(conditions: dict[str, Any], asked: dict[str, Any], why_not: str) -> None:
    """All that are written must hold. The first that does not is the reason."""
    assert rule(**conditions).mismatch(evolve(ASKED, **asked)) == why_not


def test_the_first_rule_that_matches_decides() -> None:
    """In their order."""
    routing = Routing(rules=(rule("other", agent="x", words=("order",)), BILLING, EVERYBODY))

    assert routing.decide(ASKED, kept=Route()) == Route(agent="billing", rule="everybody", changed_by="billing")


def test_the_agent_is_kept_where_no_rule_matches() -> None:
    """For the rest of the conversation."""
    decided = Routing(rules=(BILLING,)).decide(ASKED, kept=Route())

    after = Routing(rules=(BILLING,)).decide(evolve(ASKED, words=words_of("thanks")), kept=decided)

    assert after == Route(agent="billing")


@pytest.mark.parametrize("first", [BILLING, rule(choices=frozenset({"a"}))])
def test_a_rule_about_the_message_applies_whenever_it_matches(first: Rule) -> None:
    """Also when another agent was chosen since."""
    asked = evolve(ASKED, choice_ids=frozenset({"a"}))

    assert Routing(rules=(first,)).decide(asked, kept=Route(agent="other")).agent == first.agent


@pytest.mark.parametrize("routing", [Routing(rules=(EVERYBODY,)), Routing(rules=(BILLING, EVERYBODY))])
def test_a_rule_about_the_circumstances_undoes_nothing(routing: Routing) -> None:
    """A hand-off of an agent holds, although the rule that chose this agent still matches."""
    first = routing.decide(ASKED, kept=Route())

    after = routing.decide(evolve(ASKED, words=words_of("thanks")), kept=evolve(first, agent="specialist"))

    assert after == Route(agent="specialist", rule="everybody")


def test_another_agent_at_night_and_in_the_morning() -> None:
    """A rule about the circumstances applies when it begins to match."""
    routing = Routing(rules=(NIGHT, EVERYBODY))

    day = routing.decide(ASKED, kept=Route())
    night = routing.decide(evolve(ASKED, at=CLOSED), kept=day)
    morning = routing.decide(ASKED, kept=night)

    assert [route.agent for route in (day, night, morning)] == ["day", "night", "day"]


def test_a_text_changes_no_agent() -> None:
    """Who was handed over to somebody in the evening finds them in the morning."""
    routing = Routing(rules=(CLOSED_RULE, EVERYBODY))
    evening = evolve(routing.decide(ASKED, kept=Route()), agent="specialist")

    night = routing.decide(evolve(ASKED, at=CLOSED), kept=evening)
    morning = routing.decide(ASKED, kept=night)

    assert (night.text, night.changed_by) == (SORRY, "closed")
    assert morning == Route(agent="specialist", rule="everybody")


def test_what_an_operator_chose_is_not_undone() -> None:
    """By no rule that matches already. One about the message, or another one later, applies."""
    routing = Routing(rules=(BILLING, NIGHT, EVERYBODY))
    hello = evolve(ASKED, words=words_of("hello"))

    after = routing.decide(hello, kept=Route(agent="chosen", rule=SETTLED))

    assert after == Route(agent="chosen", rule="everybody")
    assert routing.decide(evolve(hello, at=CLOSED), kept=after).agent == "night"
    assert routing.decide(ASKED, kept=after).agent == "billing"


rules = st.lists(
    st.builds(
        Rule,
        name=st.uuids().map(str),
        agent=st.sampled_from(["a", "b", "c"]),
        words=st.sampled_from([(), ("invoice",), ("order",)]),
        languages=st.sampled_from([frozenset(), frozenset({"es"}), frozenset({"de"})]),
        is_new=st.sampled_from([None, True, False]),
        is_open=st.sampled_from([None, True, False]),
        hours=st.just(HOURS),
        percentage=st.one_of(st.none(), st.floats(min_value=0, max_value=100)),
    ),
    max_size=6,
).map(lambda found: Routing(rules=tuple(found)))
inputs = st.builds(
    RoutingInput,
    words=st.sampled_from([words_of("my invoice"), words_of("order"), words_of("")]),
    language=st.sampled_from(["es", "de", "en"]),
    is_new=st.booleans(),
    at=st.sampled_from([OPEN, CLOSED]),
    person=st.text(max_size=10),
)
kept = st.builds(Route, agent=st.sampled_from(["", "a", "z"]), rule=st.sampled_from(["", SETTLED, "gone"]))


@given(rules, inputs, kept)
def test_a_decision_depends_on_its_arguments_alone(routing: Routing, asked: RoutingInput, before: Route) -> None:
    """And names an agent of a rule, or the one that was kept."""
    decided = routing.decide(asked, kept=before)

    assert decided == routing.decide(asked, kept=before)
    assert decided.agent in {before.agent, *(each.agent for each in routing.rules if each.matches(asked))}
    assert bool(decided.changed_by) or decided.agent == before.agent


@given(rules, inputs, kept)
def test_a_turn_that_is_tried_again_keeps_its_agent(routing: Routing, asked: RoutingInput, before: Route) -> None:
    """Also when the first attempt stored its decision."""
    decided = routing.decide(asked, kept=before)

    again = routing.decide(asked, kept=Route(agent=decided.agent, rule=decided.rule))

    assert (again.agent, again.rule) == (decided.agent, decided.rule)


@given(rules, inputs, kept)
def test_a_hand_off_holds_for_the_next_message(routing: Routing, asked: RoutingInput, before: Route) -> None:
    """Unless that message has words of a rule, when the circumstances are the same."""
    decided = evolve(routing.decide(asked, kept=before), agent="handed over to")
    without_words = evolve(asked, words=words_of(""))

    assert routing.decide(without_words, kept=decided).agent == "handed over to"


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_share_is_the_same_for_a_person(person: str, name: str) -> None:
    """On every machine, and within bounds."""
    assert 0 <= share_of(person, name) < 100
    assert share_of("whatsapp:15550002222", "rule 1") == pytest.approx(99.55365145264739)


def test_shares_are_even() -> None:
    """Of many people, about as many as the percentage says; and two rules do not choose the same ones."""
    people = [f"whatsapp:{number}" for number in range(10_000)]
    first = {person for person in people if share_of(person, "one") < 30}
    second = {person for person in people if share_of(person, "two") < 30}

    assert 2_800 < len(first) < 3_200
    assert 750 < len(first & second) < 1_050
