"""Telegram in `trunkline dev`, which has nothing to configure for it."""

from pathlib import Path
from typing import Any

import httpx

from support.dev import Dev, newcomer, running_dev
from support.polling import eventually

ANA, BEN, LUCIA = "15550002222", "15550003333", "550000004444"


async def say(dev: Dev, *, number: str = ANA, **message: object) -> httpx.Response:
    response = await dev.http.post(f"{dev.page}/phone/{number}/telegram/messages", json=message)
    return response.raise_for_status()


async def answers(dev: Dev, *, number: str = ANA) -> list[dict[str, Any]]:
    thread = (await dev.http.get(f"{dev.page}/phone/{number}/telegram/messages")).json()
    return [message for message in thread if message["author"] == "business"]


async def test_a_bot_answers_beside_the_number(dev: Dev) -> None:
    """Buttons can be tapped. Both channels run, and each has a webhook of its own."""
    await say(dev, text="/start")
    (welcome,) = await eventually(lambda: answers(dev), seconds=20)
    await say(dev, text="buttons")
    question = await eventually(lambda: _question(dev), seconds=20)
    ((small,), *_) = question["content"]["reply_markup"]["inline_keyboard"]
    tap = {"message_id": question["id"], "choice": small["callback_data"]}
    (await dev.http.post(f"{dev.page}/phone/{ANA}/telegram/taps", json=tap)).raise_for_status()

    await eventually(lambda: _said(dev, 'You said: "Small"'), seconds=20)
    assert welcome["body"]
    assert (await dev.http.get(f"{dev.page}/phone")).json()["channels"] == ["whatsapp", "telegram"]
    assert dev.printed.count("/v1/channels/") == 2
    assert all(message["tapped"] is None for message in await answers(dev))


async def test_a_picture_and_a_voice_note_go_both_ways(dev: Dev) -> None:
    """From the samples, without a network."""
    await say(dev, number=BEN, type="image", content={"caption": "picture"})
    picture = await eventually(lambda: _of_type(dev, "image"), seconds=20)
    await say(dev, number=BEN, type="voice")
    await say(dev, number=BEN, text="voice")
    voice = await eventually(lambda: _of_type(dev, "audio"), seconds=20)

    assert picture["media_id"]
    assert voice["content"]["voice"] is True


async def test_a_person_shares_their_number(dev: Dev) -> None:
    """With the button that the bot shows in the place of the keyboard."""
    await say(dev, number=LUCIA, text="number")
    (asked,) = await eventually(lambda: _with_keyboard(dev), seconds=20)
    await say(dev, number=LUCIA, type="own_contact", reply_to=asked["id"])

    await eventually(lambda: _said(dev, 'You said: "[in reply to', number=LUCIA), seconds=20)
    answer = (await answers(dev, number=LUCIA))[-1]
    assert LUCIA in answer["body"]


async def _with_keyboard(dev: Dev) -> list[dict[str, Any]]:
    sent = await answers(dev, number=LUCIA)
    return [message for message in sent if "keyboard" in message["content"].get("reply_markup", {})]


async def _question(dev: Dev) -> dict[str, Any] | None:
    return next((message for message in await answers(dev) if "reply_markup" in message["content"]), None)


async def _of_type(dev: Dev, kind: str) -> dict[str, Any] | None:
    return next((message for message in await answers(dev, number=BEN) if message["type"] == kind), None)


async def _said(dev: Dev, beginning: str, *, number: str = ANA) -> bool:
    return any(message["body"].startswith(beginning) for message in await answers(dev, number=number))


POLLING = """\
channels:
  bot:
    type: telegram
    default_agent: whatsapp-assistant
    bot_token: "${TELEGRAM_BOT_TOKEN}"
    receive: polling
"""


async def test_an_entry_of_the_configuration_runs_as_it_is_written(tmp_path: Path) -> None:
    """Here a bot that asks for its updates, and no number. The phone has one channel then."""
    directory = newcomer(tmp_path)
    (directory / "config" / "channels.yaml").write_text(POLLING)

    async with running_dev(directory) as dev:
        await say(dev, text="Is anybody there?")
        await eventually(lambda: _said(dev, 'You said: "Is anybody there?"'), seconds=20)
        channels = (await dev.http.get(f"{dev.page}/phone")).json()["channels"]

    assert channels == ["telegram"]
