"""A human answers in the agent's place, and the agent again."""

from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually


async def write_unanswered(phone: Phone, operators: Operators, text: str) -> None:
    """Write, and wait until it was decided that nobody answers."""
    await phone.write(text)
    await operators.event("held", of=phone.number)


def latest(model: ScriptedModel) -> str:
    """What the model was asked last."""
    return str(model.requests[-1]["messages"][-1]["content"])


async def test_a_colleague_writes_in_the_app(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """The agent is silent until it is told to come back, and hears then what both have said."""
    await phone.ask("I want a refund")
    await phone.act("human", text="I will see to it")
    await operators.event("human", of=phone.number)
    await write_unanswered(phone, operators, "thank you")
    meanwhile = await operators.conversation(phone.number)

    await operators.give_back(phone.number)
    await phone.ask("and my tea?")

    assert meanwhile["human"] is True
    assert meanwhile["human_until"] is not None
    assert latest(model).split("\n") == ["[a colleague wrote: I will see to it]", "thank you", "and my tea?"]
    assert len(await phone.heard()) == 3


async def test_the_person_asks_for_a_human(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """By a whole message, in any case; more silence after the one sentence."""
    asked = len(model.requests)

    said = await phone.ask("Colleague, PLEASE")
    await write_unanswered(phone, operators, "are you there?")

    assert said == "A colleague will answer."
    assert (len(await phone.heard()), len(model.requests)) == (1, asked)


async def test_the_agent_hands_over(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """What it says with that is said; then it is silent."""
    question = f"complaint {phone.number}"
    model.script[question] = Says(text=block({"hand_over": "a complaint", "text": "I ask a colleague."}))

    said = await phone.ask(question)
    await write_unanswered(phone, operators, "well?")

    assert said == "I ask a colleague."
    assert len(await phone.heard()) == 1
    assert "handed over" in (await operators.event("answered", of=phone.number))["detail"]["reason"]


async def test_the_agent_hands_over_without_a_word(phone: Phone, model: ScriptedModel) -> None:
    """The person is told all the same."""
    model.script[f"anger {phone.number}"] = Says(text=block({"hand_over": "anger"}))

    assert await phone.ask(f"anger {phone.number}") == "A colleague will answer."


async def test_an_operator_takes_over(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """Until told otherwise; operators may write meanwhile, and the agent hears what the person said."""
    await phone.ask("Hello")
    await operators.take_over(phone.number)
    await write_unanswered(phone, operators, "is somebody there?")
    await operators.write({"text": "I am."}, key=f"operator-{phone.number}", to=phone.number)
    await phone.next_after(1)
    meanwhile = await operators.conversation(phone.number)

    await operators.give_back(phone.number)
    await phone.ask("thank you")

    assert (meanwhile["human"], meanwhile["human_until"]) == (True, None)
    assert latest(model) == "is somebody there?\nthank you"


async def test_a_reply_under_way_is_held_back(phone: Phone, operators: Operators, model: ScriptedModel) -> None:
    """Who takes over while the agent thinks has the word."""
    question = f"slow {phone.number}"
    model.script[question] = Says(text="too late", delay_seconds=2)
    await phone.write(question)
    await eventually(lambda: model.requests and latest(model) == question)

    await phone.act("human", text="I am here")

    await operators.event("held", of=phone.number)
    assert await phone.heard() == ["I am here"]
