"""The updates of the simulated Telegram: by webhook, and by fetching them."""

import asyncio

import pytest

from support.polling import eventually
from support.simulated_bot import FakeBot
from support.simulator import ANA, BEN

ALL = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]


async def test_the_webhook_gets_what_people_write(bot: FakeBot) -> None:
    """One update a call, with the secret token. The numbers of updates grow, and those of messages count the chat."""
    await bot.listen()
    await bot.write("/start spring")
    await bot.write("Hello")
    message = await bot.received("message", 2)

    assert (message["text"], message["message_id"], message["chat"]["type"]) == ("Hello", 2, "private")
    assert message["from"] == {
        "id": message["chat"]["id"],
        "is_bot": False,
        "first_name": "Ana",
        "username": "ana_example",
        "language_code": "en",
    }
    first, second = bot.updates
    assert second["update_id"] == first["update_id"] + 1
    assert first["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_what_is_not_accepted_comes_again_in_order(bot: FakeBot) -> None:
    """Later messages of the chat wait for it. The phone shows what waits, and `getWebhookInfo` the error."""
    await bot.telegram.control(max_pause_seconds=0.3)
    bot.answers = [503, 503]
    await bot.listen()
    await bot.write("One")
    await bot.write("Two")
    await eventually(lambda: bot.updates)
    waiting = await bot.call("getWebhookInfo")
    await bot.received("message", 4)

    assert [update["message"]["text"] for update in bot.updates] == ["One", "One", "One", "Two"]
    assert waiting["pending_update_count"] == 2
    assert waiting["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    thread = await eventually(lambda: _when_delivered(bot))
    assert [message["attempts"] for message in thread] == [2, 0]


async def _when_delivered(bot: FakeBot) -> list[dict]:
    thread = await bot.thread()
    return thread if all(message["status"] == "delivered" for message in thread) else []


async def test_chats_do_not_wait_for_each_other(bot: FakeBot) -> None:
    bot.answers = [500]
    await bot.telegram.control(max_pause_seconds=5)
    await bot.listen()
    await bot.write("From Ana")
    await eventually(lambda: bot.updates)
    await bot.write("From Ben", number=BEN)

    await eventually(lambda: [update["message"]["text"] for update in bot.updates] == ["From Ana", "From Ben"])


async def test_updates_are_fetched_and_confirmed(bot: FakeBot) -> None:
    """They come again until a later offset confirms them."""
    await bot.write("One")
    await bot.write("Two")

    first, second = await bot.call("getUpdates")
    again = await bot.call("getUpdates", limit=1)
    rest = await bot.call("getUpdates", offset=first["update_id"] + 1)
    none = await bot.call("getUpdates", offset=second["update_id"] + 1, timeout=0)

    assert (again, rest, none) == ([first], [second], [])
    assert [message["status"] for message in await bot.thread()] == ["delivered", "delivered"]


async def test_a_negative_offset_forgets_all_but_the_last(bot: FakeBot) -> None:
    for text in ("One", "Two", "Three"):
        await bot.write(text)

    assert [update["message"]["text"] for update in await bot.call("getUpdates", offset=-1)] == ["Three"]
    assert len(await bot.call("getUpdates")) == 1


async def test_a_fetch_waits_for_an_update(bot: FakeBot) -> None:
    """It ends with the first one, and not with the time."""
    fetching = asyncio.create_task(bot.call("getUpdates", timeout=30))
    await eventually(lambda: bot.telegram.simulator.telegram.connected)
    await bot.write("There you are")

    (update,) = await fetching
    assert update["message"]["text"] == "There you are"


async def test_a_second_fetch_ends_the_first(bot: FakeBot) -> None:
    """One bot has one reader."""
    first = asyncio.create_task(bot.refusal("getUpdates", timeout=30))
    await eventually(lambda: bot.telegram.simulator.telegram.connected)
    await bot.call("getUpdates", timeout=0)

    assert (await first)["description"].startswith("Conflict: terminated by other getUpdates request")


async def test_nothing_is_fetched_beside_a_webhook(bot: FakeBot) -> None:
    """`deleteWebhook` keeps what waits. A fetch under way ends when a webhook is set."""
    waiting = asyncio.create_task(bot.refusal("getUpdates", timeout=30))
    await eventually(lambda: bot.telegram.simulator.telegram.connected)
    bot.answers = [500] * 9
    await bot.listen()
    refused = await bot.refusal("getUpdates")
    await bot.write("Hello")
    await eventually(lambda: bot.updates)
    await bot.call("deleteWebhook", drop_pending_updates=False)

    assert (await waiting)["error_code"] == refused["error_code"] == 409
    assert "use deleteWebhook" in refused["description"]
    assert len(await bot.call("getUpdates")) == 1
    assert (await bot.call("getWebhookInfo"))["url"] == ""


async def test_pending_updates_are_dropped_where_asked(bot: FakeBot) -> None:
    await bot.write("Too early")
    await bot.call("setWebhook", url=bot.url, drop_pending_updates=True)
    await bot.call("deleteWebhook")

    assert await bot.call("getUpdates") == []


async def test_reactions_come_to_bots_that_ask_for_them(bot: FakeBot) -> None:
    """The list of wanted kinds holds for what happens after it was set."""
    message = await bot.write("Hello")
    await bot.act("reactions", message_id=message, emoji="👍")
    before = await bot.call("getUpdates", allowed_updates=ALL)
    await bot.act("reactions", message_id=message, emoji="❤️")
    after = await bot.call("getUpdates")

    assert [len(updates) for updates in (before, after)] == [1, 2]
    reaction = after[-1]["message_reaction"]
    assert reaction["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert reaction["new_reaction"] == [{"type": "emoji", "emoji": "❤"}]
    assert reaction["message_id"] == int(message)


@pytest.mark.parametrize(
    ("url", "secret", "why"),
    [
        ("http://shop.example/webhook", "", "An HTTPS URL must be provided"),
        ("https://shop.example/webhook", "no spaces", "unallowed characters"),
    ],
)
async def test_a_webhook_must_be_one(bot: FakeBot, url: str, secret: str, why: str) -> None:
    refused = await bot.refusal("setWebhook", url=url, secret_token=secret)

    assert why in refused["description"]


async def test_a_changed_number_keeps_the_chat(bot: FakeBot) -> None:
    """A person keeps their user id at Telegram."""
    await bot.listen()
    chat = await bot.chat()
    (await bot.telegram.http.post(f"/phone/{ANA}/number", json={"number": "15550009999"})).raise_for_status()
    await bot.write("Me again", number="15550009999")

    assert (await bot.received("message", 2))["chat"]["id"] == chat
