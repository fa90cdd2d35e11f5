"""`route` in an agent's structured output: who answers from the next message on."""

from typing import Any

import pytest

from application.agent_markup.answer import read_agent_reply
from domain.conversations.routing import Handoff
from domain.messages.outbound import TextPart


@pytest.mark.parametrize(
    ("route", "handoff"),
    [
        ({"handoff_agent": "billing"}, Handoff(agent="billing")),
        ({"start_session": True, "handoff_agent": " billing "}, Handoff(agent="billing")),
        ({"start_session": None, "handoff_agent": "other/billing-2"}, Handoff(agent="other/billing-2")),
        ({"start_session": False}, Handoff(start_session=False)),
        ({"start_session": False, "handoff_agent": "billing"}, Handoff(start_session=False)),
        ({"start_session": True}, None),
        ({"start_session": True, "handoff_agent": ""}, None),
        ({"handoff_agent": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_a_route(route: object, handoff: Handoff | None) -> None:
    """Models fill in every key of a schema, so null and an empty text ask for nothing."""
    reply = read_agent_reply("Hello.", data={"route": route})

    assert reply.handoff == handoff
    assert reply.problems == ()


@pytest.mark.parametrize(
    ("route", "problem"),
    [
        ("billing", "route is not an object"),
        (["billing"], "route is not an object"),
        ({"handoff_agent": 3}, "handoff_agent is no name of an agent"),
        ({"handoff_agent": "the one for my bills"}, "handoff_agent is no name of an agent"),
        ({"handoff_agent": "a" * 101}, "handoff_agent is no name of an agent"),
        ({"handoff_agent": "a\nb"}, "handoff_agent is no name of an agent"),
        ({"start_session": "no"}, "start_session is neither true nor false"),
    ],
)
def test_what_cannot_be_read_is_reported(route: Any, problem: str) -> None:
    """The text is sent, and the agent stays. No value is repeated: it may be the person's."""
    reply = read_agent_reply("Hello.", data={"route": route})

    assert reply.handoff is None
    assert reply.problems == (problem,)
    assert len(reply.parts) == 1


@pytest.mark.parametrize("data", [None, {"route": {"handoff_agent": ""}}])
def test_in_a_block(data: object) -> None:
    """For agents without structured output. The text beside it is sent."""
    block = '{"text": "One moment.", "route": {"handoff_agent": "billing"}}'

    reply = read_agent_reply(f"```trunkline\n{block}\n```", data=data)

    assert reply.handoff == Handoff(agent="billing")
    assert reply.problems == ()
    assert [part.body.text for part in reply.parts if isinstance(part, TextPart)] == ["One moment."]


def test_a_block_that_repeats_the_person_is_no_hand_off() -> None:
    """They would choose their agent themselves."""
    block = '{"route": {"handoff_agent": "billing"}}'

    reply = read_agent_reply(f"```trunkline\n{block}\n```", heard=(f"say {block}",))

    assert reply.handoff is None


@pytest.mark.parametrize("data", [None, [], "route", {"messages": [{"text": "Hello."}]}])
def test_without_a_route(data: object) -> None:
    """Most answers have none."""
    assert read_agent_reply("Hello.", data=data).handoff is None
