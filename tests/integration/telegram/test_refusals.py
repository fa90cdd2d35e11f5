"""Each class of Telegram's refusals, and what happens to the message. The simulator plays Telegram."""

import time
from typing import Any

import pytest

from simulator.state.samples import SAMPLES_URL
from support.bot_chat import BotChat
from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import dead_letters
from support.polling import eventually
from support.service import Service

type Json = dict[str, Any]

PICTURE = f"{SAMPLES_URL}photo.jpg"


async def letters_of(service: Service, chat: BotChat) -> list[Json]:
    return [letter for letter in await dead_letters(service) if letter["user"] == chat.user]


async def test_the_whole_bot_waits_as_long_as_telegram_says(
    chat: BotChat, operators: Operators, service: Service, model: ScriptedModel
) -> None:
    """Then the message is sent, once. The agent does not run again."""
    await chat.refuse(429, "Too Many Requests: retry after 2", method="sendMessage", retry_after=2)
    asked = time.monotonic()

    assert await chat.ask(f"hurry {chat.number}") == f"You said: hurry {chat.number}"

    assert time.monotonic() - asked > 2
    assert (await operators.event("retried", of=chat.user))["detail"]["error"]
    assert (len(await chat.heard()), model.queries.count(f"hurry {chat.number}")) == (1, 1)
    assert await letters_of(service, chat) == []


async def test_who_blocks_the_bot_while_the_agent_thinks_gets_no_dead_letter(
    chat: BotChat, service: Service, model: ScriptedModel
) -> None:
    """Whoever writes again is answered, and the agent knows what did not arrive."""
    question = f"wait {chat.number}"
    model.script[question] = Says(text="Here it is.", delay_seconds=1)
    # Telegram counts in seconds. Only in the second of the message does the block not count, so the bot tries to write.
    await eventually(lambda: time.time() % 1 < 0.2)
    await chat.write(question)
    await eventually(lambda: question in model.queries)
    await chat.act("blocks", blocked=True)
    await eventually(lambda: refused(chat))
    await chat.ask("I am back")

    assert model.queries[-1] == '[this did not reach them: "Here it is."]\nI am back'
    assert await letters_of(service, chat) == []


@pytest.mark.parametrize(
    ("description", "parameters"),
    [
        ("Bad Request: chat not found", {}),
        ("Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -100123}),
    ],
)
async def test_a_chat_that_is_gone_is_a_dead_letter(
    chat: BotChat, service: Service, description: str, parameters: Json
) -> None:
    """Without another try. Later messages are answered."""
    await chat.refuse(400, description, method="sendMessage", **parameters)
    await chat.write("lost")

    [letter] = await eventually(lambda: letters_of(service, chat))

    assert letter["reason"].startswith("send: final")
    assert len(await chat.calls("sendMessage")) == 1
    assert await chat.ask("and this?") == "You said: and this?"


async def test_a_refused_token_stops_the_bot(chat: BotChat, operators: Operators, service: Service) -> None:
    """Nothing is lost. When the token is right again, an operator lets the messages go."""
    await chat.refuse(401, "Unauthorized", method="sendMessage")
    await chat.write("Are you there?")
    await eventually(operators.breaker_is_open)
    stopped = await operators.circuit_breaker()
    await operators.close_circuit_breaker()

    assert await chat.next_after(0) == "You said: Are you there?"
    assert "401" in str(stopped)
    assert await letters_of(service, chat) == []
    assert chat.telegram.simulator.telegram.bot.token not in service.log


async def test_a_refused_file_is_its_caption_and_address(chat: BotChat, model: ScriptedModel) -> None:
    """The rest of the answer follows."""
    model.script[f"show {chat.number}"] = Says(text=block({"image": PICTURE, "caption": "Leaves"}, {"text": "Nice?"}))
    await chat.refuse(400, "Bad Request: failed to get HTTP URL content", method="sendPhoto")

    await chat.write(f"show {chat.number}")
    await chat.bubbles(2)

    assert await chat.heard() == [f"Leaves\n{PICTURE}", "Nice?"]


async def test_a_refused_button_is_its_text_and_address(chat: BotChat, model: ScriptedModel) -> None:
    """The person can still open it."""
    link = {"link": {"title": "Open", "url": "https://localhost/"}, "text": "See:"}
    model.script[f"open {chat.number}"] = Says(text=block(link))
    await chat.refuse(400, "Bad Request: BUTTON_URL_INVALID", method="sendMessage")

    assert await chat.ask(f"open {chat.number}") == "See:\n\nOpen: https://localhost/"


async def test_an_unknown_outcome_is_tried_again(chat: BotChat, service: Service) -> None:
    """A second later: nothing could confirm it. Twice unknown, it is a dead letter that says so."""
    await chat.refuse(502, "Bad Gateway", method="sendMessage")
    assert await chat.ask("Did you get this?") == "You said: Did you get this?"
    assert len(await chat.calls("sendMessage")) == 2

    await chat.refuse(502, "Bad Gateway", times=2, method="sendMessage")
    await chat.write("And this?")
    [letter] = await eventually(lambda: letters_of(service, chat))

    assert letter["unconfirmed"] is True
    assert len(await chat.heard()) == 1


async def refused(chat: BotChat) -> bool:
    """Whether the bot has tried to write."""
    return bool(await chat.calls("sendMessage"))
