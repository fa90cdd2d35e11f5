"""A human takes over from the agent, and gives the conversation back."""

from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone, post
from support.polling import eventually
from support.service import Service
from support.whatsapp_messages import reaction_message
from support.whatsapp_webhooks import echo, webhook


async def write_unanswered(phone: Phone, operators: Operators, text: str) -> None:
    """Write, and wait until the turn ended without an answer."""
    await phone.write(text)
    await operators.event("held", of=phone.number)


async def test_a_colleague_writes_in_the_app(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """The agent is silent until it is called back. Then it gets the messages of both."""
    await phone.ask("I want a refund")
    await phone.act("human", text="I will see to it")
    await operators.event("human", of=phone.number)
    await write_unanswered(phone, operators, "thank you")
    meanwhile = await operators.conversation(phone.number)

    await operators.give_back(phone.number)
    await phone.ask("and my tea?")

    assert meanwhile["human"] is True
    assert meanwhile["human_until"] is not None
    assert model.queries[-1].split("\n") == ["[a colleague wrote: I will see to it]", "thank you", "and my tea?"]
    assert len(await phone.heard()) == 3


async def test_a_repeated_echo_has_no_effect(
    service: Service, phone: Phone, operators: Operators, model: ScriptedModel
) -> None:
    """Meta repeats the echo after the agent was called back. A reaction alone is not a takeover."""
    wrote = echo("I will see to it", to=phone.number, wamid=f"wamid.echo.1.{phone.number}")
    reacted = {**reaction_message("👍"), "to": phone.number, "id": f"wamid.echo.2.{phone.number}"}
    body = webhook(field="smb_message_echoes", message_echoes=[wrote, reacted])
    await post(service, body)
    await operators.give_back(phone.number)

    await post(service, body)
    await phone.ask("and my tea?")

    assert model.queries[-1].split("\n") == [
        "[a colleague wrote: I will see to it]",
        "[a colleague reacted with 👍 to an earlier message]",
        "and my tea?",
    ]


async def test_a_colleague_edits_a_message(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """The agent gets a note for each edit, in order. An edit alone is not a takeover."""
    asked = await phone.write("When do you open?")
    await phone.next_after(0)
    first = await phone.act("human", text="At nin")
    await operators.event("human", of=phone.number)
    await operators.give_back(phone.number)

    for action, details in (
        ("human_reactions", {"message_id": asked, "emoji": "👍"}),
        ("human_edits", {"message_id": first, "text": "At nine"}),
        ("human_revocations", {"message_id": first}),
    ):
        await phone.act(action, **details)
    await phone.ask("and my tea?")

    assert model.queries[-1].split("\n") == [
        "[a colleague wrote: At nin]",
        "[a colleague reacted with 👍 to an earlier message]",
        "[a colleague changed an earlier message to: At nine]",
        "[a colleague took back an earlier message]",
        "and my tea?",
    ]


async def test_the_person_asks_for_a_human(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """By a whole message, in any case. The agent sends one sentence, and then nothing."""
    asked = len(model.requests)

    answer = await phone.ask("Colleague, PLEASE")
    await write_unanswered(phone, operators, "are you there?")

    assert answer == "A colleague will answer."
    assert (len(await phone.heard()), len(model.requests)) == (1, asked)


async def test_the_agent_hands_over(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """The text beside it is sent. Then the agent is silent."""
    question = f"complaint {phone.number}"
    model.script[question] = Says(text=block({"hand_over": "a complaint", "text": "I ask a colleague."}))

    answer = await phone.ask(question)
    await write_unanswered(phone, operators, "well?")

    assert answer == "I ask a colleague."
    assert len(await phone.heard()) == 1
    assert "handed over" in (await operators.event("answered", of=phone.number))["detail"]["reason"]


async def test_the_agent_hands_over_without_a_word(phone: Phone, model: ScriptedModel) -> None:
    """The person still gets a message."""
    model.script[f"anger {phone.number}"] = Says(text=block({"hand_over": "anger"}))

    assert await phone.ask(f"anger {phone.number}") == "A colleague will answer."


async def test_an_operator_takes_over(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """Until an operator ends it. Operators may write in the meantime, and the agent gets the messages of both."""
    await phone.ask("Hello")
    await operators.take_over(phone.number)
    await write_unanswered(phone, operators, "is somebody there?")
    await operators.write({"text": "I am."}, key=f"operator-{phone.number}", to=phone.number)
    await phone.next_after(1)
    meanwhile = await operators.conversation(phone.number)

    await operators.give_back(phone.number)
    await phone.ask("thank you")

    assert (meanwhile["human"], meanwhile["human_until"]) == (True, None)
    assert model.queries[-1] == "is somebody there?\n[we wrote: I am.]\nthank you"


async def test_a_reply_under_way_is_held_back(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """A human who takes over during a run of the agent answers instead."""
    question = f"slow {phone.number}"
    model.script[question] = Says(text="too late", delay_seconds=2)
    await phone.write(question)
    await eventually(lambda: model.requests and model.queries[-1] == question)

    await phone.act("human", text="I am here")

    await operators.event("held", of=phone.number)
    assert await phone.heard() == ["I am here"]


async def test_an_operator_knows_the_number_alone(hidden_phone: Phone, operators: Operators) -> None:
    """The person hid it at first, so the conversation has Meta's user id."""
    await hidden_phone.ask("Hello")
    await hidden_phone.meta.change_phone(number=hidden_phone.number, hides_number=False)
    await hidden_phone.ask("This is my number")
    user_id = hidden_phone.meta.simulator.phones[hidden_phone.number].person.user_id

    await operators.take_over(f"+{hidden_phone.number}")
    await hidden_phone.write("is somebody there?")

    await operators.event("held", of=user_id)
    assert (await operators.conversation(hidden_phone.number))["user"] == user_id
