"""What people do in the simulated Telegram, as the bot gets it."""

import pytest

from simulator.state.samples import sample
from support.polling import eventually
from support.simulated_bot import FakeBot
from support.simulator import ANA, BOT_TOKEN

KEYBOARD = {"inline_keyboard": [[{"text": "Small", "callback_data": "s"}], [{"text": "Large", "callback_data": "l"}]]}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("image", "photo"),
        ("video", "video"),
        ("voice", "voice"),
        ("audio", "audio"),
        ("document", "document"),
        ("sticker", "sticker"),
    ],
)
async def test_a_file_is_described_and_downloaded(bot: FakeBot, kind: str, name: str) -> None:
    """A photo has several sizes."""
    await bot.listen()
    await bot.write(type=kind, content={"caption": "Look"})
    message = await bot.received("message")
    file = message[name][-1] if name == "photo" else message[name]

    found = await bot.call("getFile", file_id=file["file_id"])
    content = await bot.telegram.http.get(f"/telegram/file/bot{BOT_TOKEN}/{found['file_path']}")

    assert content.content == sample(kind).content
    assert found["file_size"] == file["file_size"] == len(content.content)
    assert message.get("caption") == ("Look" if kind in ("image", "video", "document") else None)
    refused = await bot.telegram.http.get(f"/telegram/file/bot4711:other/{found['file_path']}")
    assert refused.status_code == 401


async def test_places_cards_polls_and_dice(bot: FakeBot) -> None:
    """A named place is a venue, and has the location, too."""
    await bot.listen()
    await bot.write(type="location", content={"latitude": 1.5, "longitude": 2.5})
    await bot.write(type="location")
    await bot.write(type="contacts", content={"name": "Carla Moreno", "phone": "+15550006666"})
    await bot.write(type="poll", content={"question": "Tea?"})
    await bot.write(type="dice")
    await bot.received("message", 5)

    place, venue, card, poll, dice = [update["message"] for update in bot.updates]
    assert place["location"] == {"latitude": 1.5, "longitude": 2.5}
    assert "venue" not in place
    assert venue["venue"]["title"] == "Café Central"
    assert venue["location"] == venue["venue"]["location"]
    assert card["contact"] == {"phone_number": "+15550006666", "first_name": "Carla", "last_name": "Moreno"}
    assert (poll["poll"]["question"], dice["dice"]["emoji"]) == ("Tea?", "🎲")


async def test_the_own_contact_has_the_persons_id(bot: FakeBot) -> None:
    """That is how Telegram proves a number. It answers the message with the button."""
    await bot.listen()
    chat = await bot.chat()
    keyboard = {"keyboard": [[{"text": "Share my number", "request_contact": True}]], "one_time_keyboard": True}
    asked = await bot.call("sendMessage", chat_id=chat, text="Your number?", reply_markup=keyboard)
    await bot.write(type="own_contact", reply_to=str(asked["message_id"]))
    message = await bot.received("message", 2)

    assert message["contact"] == {"phone_number": f"+{ANA}", "first_name": "Ana", "user_id": chat}
    assert message["reply_to_message"]["text"] == "Your number?"


async def test_a_reply_a_quote_and_a_forwarded_text(bot: FakeBot) -> None:
    await bot.listen()
    chat = await bot.chat()
    offer = await bot.call("sendMessage", chat_id=chat, text="Tea or coffee?")
    await bot.write("That", reply_to=str(offer["message_id"]), quote="coffee")
    await bot.write("Look", forwarded=True)
    await bot.received("message", 3)

    _, reply, forwarded = [update["message"] for update in bot.updates]
    assert (reply["reply_to_message"]["text"], reply["quote"]["text"]) == ("Tea or coffee?", "coffee")
    assert forwarded["forward_origin"]["type"] == "hidden_user"


async def test_an_own_text_and_an_own_caption_are_edited(bot: FakeBot) -> None:
    """Nobody edits what another wrote."""
    await bot.listen()
    chat = await bot.chat()
    text = await bot.write("Two teas")
    photo = await bot.write(type="image", content={"caption": "Before"})
    sent = await bot.call("sendMessage", chat_id=chat, text="Mine")
    await bot.act("edits", message_id=text, text="Three teas")
    await bot.act("edits", message_id=photo, text="After")
    await bot.received("edited_message", 2)
    forbidden = await bot.telegram.http.post(
        f"/phone/{ANA}/telegram/edits", json={"message_id": str(sent["message_id"]), "text": "x"}
    )

    edits = [update["edited_message"] for update in bot.updates if "edited_message" in update]
    assert [(edit.get("text"), edit.get("caption")) for edit in edits] == [("Three teas", None), (None, "After")]
    assert all("edit_date" in edit for edit in edits)
    assert forbidden.status_code == 400
    (_, shown, *_) = await bot.thread()
    assert (shown["body"], shown["edited"]) == ("Three teas", True)


async def test_a_button_spins_until_the_bot_answers(bot: FakeBot) -> None:
    """Once: a second answer is too late. A text of the answer is shown on the phone."""
    await bot.listen()
    chat = await bot.chat()
    asked = await bot.call("sendMessage", chat_id=chat, text="Which size?", reply_markup=KEYBOARD)
    await bot.act("taps", message_id=str(asked["message_id"]), choice="l")
    query = await bot.received("callback_query")
    (_, spinning) = await bot.thread()

    answered = await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Noted")
    late = await bot.refusal("answerCallbackQuery", callback_query_id=query["id"])

    assert (query["data"], query["message"]["reply_markup"]) == ("l", KEYBOARD)
    assert query["message"]["text"] == "Which size?"
    assert query["from"]["id"] == chat
    assert (spinning["tapped"], answered) == ("l", True)
    assert "query is too old" in late["description"]
    (_, calm) = await bot.thread()
    assert calm["tapped"] is None


async def test_what_is_not_there_cannot_be_tapped(bot: FakeBot) -> None:
    chat = await bot.chat()
    asked = await bot.call("sendMessage", chat_id=chat, text="Which size?", reply_markup=KEYBOARD)

    path = f"/phone/{ANA}/telegram/taps"
    wrong = await bot.telegram.http.post(path, json={"message_id": str(asked["message_id"]), "choice": "xl"})
    missing = await bot.telegram.http.post(path, json={"message_id": "99", "choice": "s"})

    assert (wrong.status_code, missing.status_code) == (400, 404)


async def test_both_threads_of_a_person_are_apart(bot: FakeBot) -> None:
    """What is written on one channel is not on the other, and the page knows which channels there are."""
    before = (await bot.telegram.http.get("/phone")).json()["channels"]
    await bot.listen()
    await bot.write("On Telegram")
    await bot.telegram.write("On WhatsApp")
    await eventually(lambda: bot.updates)

    assert [message["body"] for message in await bot.thread()] == ["On Telegram"]
    assert [message["body"] for message in await bot.telegram.thread()] == ["On WhatsApp"]
    assert before == ["whatsapp"]
    assert (await bot.telegram.http.get("/phone")).json()["channels"] == ["whatsapp", "telegram"]
