"""What the channel says beside the messages, as the agent gets it."""

from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from domain.messages.inbound import IdentityCheck, MessageFacts, Referral, Tap
from domain.messages.shared_values import Choice
from domain.people.person import Person
from support.answering import Answering
from support.messages import message
from support.turns import compose

FACTS = MessageFacts(username="ana.example", summary="They want a chair.", identity=IdentityCheck(hash="abc="))
AD = Referral(url="https://fb.me/x", source_id="120", source_type="ad", click_id="ARAk")
NEW_KEYS = ("user_id", "username", "quoted_id", "conversation_summary", "referral", "choices", "identity")


async def test_facts_of_the_conversation() -> None:
    """Of a turn of several messages, the latest that says something of a kind counts."""
    answering = Answering(agent=ScriptedAgent())
    ana = Person(phone="15550002222", user_id="US.1", name="Ana")
    first = evolve(message("first", person=ana), facts=FACTS, referral=AD, quotes="wamid.1")

    await compose(answering, first, message("second", person=ana))

    context = answering.agent.calls[0].context
    assert {name: context[name] for name in NEW_KEYS if name in context} == {
        "user_id": "US.1",
        "username": "ana.example",
        "quoted_id": "wamid.1",
        "conversation_summary": "They want a chair.",
        "referral": {
            "kind": "advertisement",
            "source_url": "https://fb.me/x",
            "source_id": "120",
            "source_type": "ad",
            "ctwa_clid": "ARAk",
        },
        "identity": {"hash": "abc=", "acknowledged": False},
    }


async def test_a_tapped_row_has_its_description() -> None:
    """As it was offered."""
    answering = Answering(agent=ScriptedAgent())
    tapped = Tap(choice=Choice(id="s", title="Small", description="for one person"))

    await compose(answering, evolve(message(), content=tapped))

    assert answering.agent.calls[0].context["choices"] == [
        {"id": "s", "title": "Small", "description": "for one person"}
    ]


async def test_what_is_not_known_is_left_out() -> None:
    """A prompt asks with `{% if %}`."""
    answering = Answering(agent=ScriptedAgent())

    await compose(answering, message())

    assert not set(NEW_KEYS) & set(answering.agent.calls[0].context)
