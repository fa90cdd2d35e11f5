"""The query, the session and the context of a run."""

from datetime import UTC, datetime

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import ProviderKey
from domain.messages.inbound import Tap
from domain.messages.outbound import TextPart
from domain.messages.shared_values import Choice
from domain.people.person import Person
from domain.policies.retry import AgentFailure
from support.answering import Answering
from support.messages import MARIA, enqueued, message, poll
from support.turns import answer_once, answer_texts, compose, compose_turn, turn_of


async def test_the_messages_of_a_turn_are_one_query() -> None:
    """One line each, in order. Messages that are no text are described."""
    answering = Answering()

    await compose(answering, message("I want"), poll(), message("two tickets"))

    assert [call.query for call in answering.agent.calls] == [
        "I want\n[sent something that cannot be shown here: poll_creation]\ntwo tickets"
    ]


async def test_the_context_says_who_writes_and_where() -> None:
    """Channel and what it can show, user, contact name, message ids and the turn's id."""
    answering = Answering()

    await compose(answering, message(message_id="m1"), message(message_id="m2"))

    (call,) = answering.agent.calls
    assert call.agent == "assistant"
    assert call.context == {
        "channel": "whatsapp",
        "channel_type": "memory",
        "channel_limits": "texts of 4096 characters; no captions; no buttons; no lists; no contact requests; "
        "templates; forms",
        "user": "15550002222",
        "contact_name": "Ana",
        "message_ids": ["m1", "m2"],
        "turn_id": "7-0",
        "sender": "15550002222",
        "sender_phone": "15550002222",
        "message_id": "m2",
        "is_new_conversation": True,
        "fecha": "2025-06-15",
        "recibido_en": "2025-06-15T15:06:41Z",
        "reply_to": None,
    }


async def test_a_number_that_nobody_verified_is_no_senders_phone() -> None:
    """Integrations show a person's own data by it."""
    answering = Answering()
    unverified = evolve(answering.channel, verifies_senders=False)

    await compose_turn(answering, turn_of(message()), channel=unverified)

    context = answering.agent.calls[0].context
    assert (context["sender"], context["sender_phone"]) == ("15550002222", "")


async def test_a_person_without_a_number() -> None:
    """Their user id is no phone number."""
    answering = Answering()

    await compose(answering, message(person=Person(user_id="US.1")))

    context = answering.agent.calls[0].context
    assert (context["sender"], context["sender_phone"]) == ("US.1", "")


async def test_a_number_that_a_person_shared_is_theirs_from_then_on() -> None:
    """The channel proved it. What they write later comes without it, and the last one that they shared counts."""
    answering = Answering()
    known = Person(user_id="4711")

    for at, phone in enumerate((None, "15550002222", None, "15550003333", None)):
        person = evolve(known, phone=phone, phone_is_shared=True) if phone else known
        await answering.accept(enqueued(message_id=f"m{at}", person=person))
        await answer_once(answering)

    assert [call.context["sender_phone"] for call in answering.agent.calls] == [
        "",
        "15550002222",
        "15550002222",
        "15550003333",
        "15550003333",
    ]
    assert {call.context["sender"] for call in answering.agent.calls} == {"4711"}


async def test_a_conversation_is_new_until_the_agent_has_answered() -> None:
    """Once in each session, also when the first run failed."""
    answering = Answering(agent=ScriptedAgent(script={"fail": AgentFailure.REJECTED}))

    for text in ("fail", "hello", "again", "/new", "afresh", "again"):
        await answer_texts(answering, text)

    new = [call.context["is_new_conversation"] for call in answering.agent.calls]
    assert new == [True, True, False, True, False]


async def test_what_the_latest_message_replies_to() -> None:
    """With its text, when it was sent, and whether we sent it, as far as we remember."""
    answering = Answering()
    await answer_texts(answering, "hello")
    ours = answering.messenger.sent[-1].id
    sent_at = datetime.fromtimestamp(answering.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    await compose(answering, evolve(message("this?"), quotes=ours), message("yes"))
    await compose(answering, evolve(message("that?", message_id="m7"), quotes="forgotten"))
    await compose(answering, evolve(message("mine"), quotes="m7"))

    assert [call.context["reply_to"] for call in answering.agent.calls[1:]] == [
        {"texto": "You said: hello", "message_id": ours, "del_bot": True, "enviado_el": sent_at},
        {"texto": "", "message_id": "forgotten", "del_bot": False, "enviado_el": None},
        {
            "texto": "[in reply to an earlier message] that?",
            "message_id": "m7",
            "del_bot": False,
            "enviado_el": "2025-06-15T15:06:40Z",
        },
    ]


async def test_the_channels_own_provider_goes_with_each_run() -> None:
    """Where it has one."""
    answering, provider = Answering(), ProviderKey(name="openai", key="not-a-real-key")

    await compose(answering, message())
    await compose_turn(answering, turn_of(message()), channel=evolve(answering.channel, provider=provider))

    assert [call.provider for call in answering.agent.calls] == [None, provider]


async def test_an_unknown_name_is_left_out() -> None:
    """The agent must not greet an empty name."""
    answering = Answering()

    await compose(answering, message(person=MARIA))

    assert "contact_name" not in answering.agent.calls[0].context


@pytest.mark.parametrize(
    ("template", "session"), [("{user}", "15550002222"), ("{channel}-{user}", "whatsapp-15550002222")]
)
async def test_the_session_follows_the_channels_template(template: str, session: str) -> None:
    """So the agent remembers the conversation."""
    answering = Answering(session_id=template)

    await compose(answering, message())

    assert answering.agent.calls[0].session_id == session


async def test_the_agent_gets_the_ids_of_chosen_choices() -> None:
    """They are the agent's own, and more precise than titles."""
    answering = Answering()

    await compose(answering, evolve(message(), content=Tap(choice=Choice(id="order-2", title="No"))))

    assert answering.agent.calls[0].context["choice_ids"] == ["order-2"]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("We open\ud83d at 9.", "We open at 9."),
        ('Hello\n```trunkline\n{"text": "We open at 9.", "ti\\ud83dtle": "x"}\n```', "Hello\n\nWe open at 9."),
    ],
    ids=["in the words", "in a key that means nothing"],
)
async def test_a_lone_surrogate_in_an_answer_is_replaced(answer: str, text: str) -> None:
    """No store can keep one, neither in the parts nor in the problems."""
    reply = await compose(Answering(agent=ScriptedAgent(script=lambda _: answer)), message())

    assert [part.body.text for part in reply.parts if isinstance(part, TextPart)] == [text]
    assert reply.reason.encode().decode() == reply.reason
