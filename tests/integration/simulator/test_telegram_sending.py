"""What a bot sends through the simulated Bot API, and what Telegram refuses."""

import httpx
import pytest

from simulator.state.samples import SAMPLES_URL, sample
from support.simulated_bot import FakeBot
from support.simulator import ANA, BOT_TOKEN


async def test_a_text_is_shown_with_its_entities(bot: FakeBot) -> None:
    """Offsets count UTF-16 units. The result is the message."""
    chat = await bot.chat()
    text = '😀 <b>bold <i>both</i></b> <a href="https://a.example/?a=1&amp;b=2">site</a>'

    sent = await bot.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML")

    (_, shown) = await bot.thread()
    assert (sent["message_id"], sent["text"], sent["from"]["is_bot"]) == (2, "😀 bold both site", True)
    assert (shown["channel"], shown["body"], shown["author"]) == ("telegram", "😀 bold both site", "business")
    assert shown["content"]["entities"] == [
        {"type": "italic", "offset": 8, "length": 4},
        {"type": "bold", "offset": 3, "length": 9},
        {"type": "text_link", "offset": 13, "length": 4, "url": "https://a.example/?a=1&b=2"},
    ]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text": "<h1>Big</h1>", "parse_mode": "HTML"}, 'can\'t parse entities: Unsupported start tag "h1"'),
        ({"text": "<b>open", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": " "}, "message text is empty"),
        ({"text": "x", "txt": "y"}, "sendMessage has no field txt"),
        ({"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}}, "non-empty"),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "A", "url": "ftp://a"}]]}}, "Wrong HTTP URL"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "é" * 33}]]}},
            "BUTTON_DATA",
        ),
        ({"text": "x", "reply_markup": {"inline_keyboard": "A"}}, "Array of Arrays"),
    ],
)
async def test_what_telegram_cannot_show_is_refused(bot: FakeBot, fields: dict, why: str) -> None:
    """With 400, and nothing is shown."""
    chat = await bot.chat()

    refused = await bot.refusal("sendMessage", chat_id=chat, **fields)

    assert refused["error_code"] == 400
    assert refused["description"].startswith("Bad Request: ")
    assert why in refused["description"]
    assert len(await bot.thread()) == 1


async def test_a_bot_cannot_begin_and_cannot_write_to_who_blocks_it(bot: FakeBot) -> None:
    """400 for who is unknown, 403 for who did not begin, and for who blocks the bot. Both sides hear of a block."""
    await bot.listen()
    stranger = bot.telegram.simulator.telegram.chats.of(ANA).id
    unknown = await bot.refusal("sendMessage", chat_id=1, text="x")
    early = await bot.refusal("sendMessage", chat_id=stranger, text="x")
    chat = await bot.chat()
    await bot.act("blocks", blocked=True)
    blocked = await bot.refusal("sendMessage", chat_id=chat, text="x")
    await bot.write("I am back")
    await bot.call("sendMessage", chat_id=chat, text="Welcome back")

    assert (unknown["error_code"], unknown["description"]) == (400, "Bad Request: chat not found")
    assert (early["error_code"], blocked["error_code"]) == (403, 403)
    assert blocked["description"] == "Forbidden: bot was blocked by the user"
    statuses = [(await bot.received("my_chat_member", n))["new_chat_member"]["status"] for n in (1, 2)]
    assert statuses == ["kicked", "member"]


async def test_a_wrong_token_gets_nothing(bot: FakeBot) -> None:
    """401 for another bot's token, 404 for what is no token, and for a method that does not exist."""
    other = await bot.ask("getMe", token="4711:other")
    none = await bot.telegram.http.get("/telegram/botnone/getMe")
    unknown = await bot.ask("getNothing")

    assert [response.status_code for response in (other, none, unknown)] == [401, 404, 404]
    assert (await bot.telegram.http.get(f"/telegram/bot{BOT_TOKEN}/getMe")).json()["result"]["is_bot"] is True


@pytest.mark.parametrize(
    ("method", "field", "kind"),
    [
        ("sendPhoto", "photo", "image"),
        ("sendVideo", "video", "video"),
        ("sendVoice", "voice", "audio"),
        ("sendAudio", "audio", "audio"),
        ("sendDocument", "document", "document"),
        ("sendSticker", "sticker", "sticker"),
    ],
)
async def test_a_file_comes_as_content_by_address_or_by_id(bot: FakeBot, method: str, field: str, kind: str) -> None:
    """The phone has the file. A voice message is not just audio."""
    chat = await bot.chat()
    name = {"sendPhoto": "image"}.get(method, field)
    file = sample(name)
    address = f"{SAMPLES_URL}{file.filename}"

    form = await bot.telegram.http.post(
        f"/telegram/bot{BOT_TOKEN}/{method}",
        data={"chat_id": str(chat)},
        files={field: ("f", file.content, file.mime_type)},
    )
    by_address = await bot.call(method, chat_id=chat, **{field: address})
    found = by_address[field][-1] if field == "photo" else by_address[field]
    await bot.call(method, chat_id=chat, **{field: found["file_id"]})

    assert form.status_code == 200
    (_, *shown) = await bot.thread()
    assert [message["type"] for message in shown] == [kind] * 3
    assert all(message["content"]["voice"] is (field == "voice") for message in shown)
    contents = [(await bot.telegram.http.get(f"/phone/files/{message['media_id']}")).content for message in shown]
    assert contents == [file.content] * 3


@pytest.mark.parametrize(
    ("method", "fields", "why"),
    [
        ("sendPhoto", {"photo": "nothing"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "http://127.0.0.1:9/x.png"}, "failed to get HTTP URL content"),
        ("sendPhoto", {"photo": f"{SAMPLES_URL}document.pdf"}, "IMAGE_PROCESS_FAILED"),
        ("sendDocument", {"document": f"{SAMPLES_URL}photo.jpg"}, "wrong type of the web page content"),
        ("sendVoice", {"voice": f"{SAMPLES_URL}photo.jpg"}, "wrong type of the web page content"),
        ("sendPhoto", {"photo": f"{SAMPLES_URL}photo.jpg", "caption": "x" * 1025}, "message caption is too long"),
        ("sendPhoto", {}, "photo is empty"),
        ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong location specified"),
        ("sendLocation", {"latitude": "north", "longitude": 0}, "latitude must be a number"),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action"),
        ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🦆"}]}, "REACTION_INVALID"),
        ("setMessageReaction", {"message_id": 99, "reaction": []}, "message to react not found"),
        ("getFile", {"file_id": "nothing"}, "wrong file_id"),
    ],
)
async def test_what_cannot_be_done_is_refused(bot: FakeBot, method: str, fields: dict, why: str) -> None:
    chat = await bot.chat()
    about = {} if method == "getFile" else {"chat_id": chat}

    refused = await bot.refusal(method, **about, **fields)

    assert refused["error_code"] == 400
    assert why in refused["description"]


async def test_places_and_cards_are_shown(bot: FakeBot) -> None:
    """A venue has a name."""
    chat = await bot.chat()
    await bot.call("sendLocation", chat_id=chat, latitude=1.5, longitude=2.5)
    venue = await bot.call("sendVenue", chat_id=chat, latitude=1.5, longitude=2.5, title="The shop", address="Main 1")
    await bot.call("sendContact", chat_id=chat, phone_number="+56 9 3", first_name="Cleo", last_name="Rey")

    (_, place, shop, card) = await bot.thread()
    assert place["content"] == {"latitude": 1.5, "longitude": 2.5}
    assert shop["content"]["name"] == venue["venue"]["title"] == "The shop"
    assert card["content"]["cards"] == [{"name": {"formatted_name": "Cleo Rey"}, "phones": [{"phone": "+56 9 3"}]}]


async def test_a_reply_and_a_reaction_are_about_a_message(bot: FakeBot) -> None:
    """A reply to a message that is gone can be a message of its own."""
    chat = await bot.chat()
    question = await bot.write("How much?")
    reply = {"message_id": int(question)}
    sent = await bot.call("sendMessage", chat_id=chat, text="Five", reply_parameters=reply)
    lonely = {"message_id": 99, "allow_sending_without_reply": True}
    await bot.call("sendMessage", chat_id=chat, text="Six", reply_parameters=lonely)
    await bot.call(
        "setMessageReaction", chat_id=chat, message_id=int(question), reaction=[{"type": "emoji", "emoji": "👍"}]
    )

    (_, asked, five, six) = await bot.thread()
    assert sent["reply_to_message"]["text"] == "How much?"
    assert (five["reply_to"], six["reply_to"]) == (question, None)
    assert asked["reactions"] == {"business": "👍"}


async def test_typing_ends_with_the_message(bot: FakeBot) -> None:
    chat = await bot.chat()
    people = "/phone"
    await bot.call("sendChatAction", chat_id=chat, action="typing")
    typing = (await bot.telegram.http.get(people)).json()["people"][0]["telegram"]["typing"]
    await bot.call("sendMessage", chat_id=chat, text="Done")

    after = (await bot.telegram.http.get(people)).json()["people"][0]
    assert (typing, after["telegram"]["typing"], after["typing"]) == (True, False, False)
    assert after["telegram"]["unread"] == 1


async def test_failures_come_on_purpose(bot: FakeBot) -> None:
    """In the shape of the Bot API, one for each call."""
    chat = await bot.chat()
    failures = [
        {"error_code": 429, "description": "Too Many Requests: retry after 9", "parameters": {"retry_after": 9}},
        {"error_code": 502, "description": "Bad Gateway", "method": "sendChatAction"},
    ]
    (await bot.telegram.http.post("/control/telegram/failures", json=failures)).raise_for_status()

    refused = await bot.refusal("sendMessage", chat_id=chat, text="x")
    bad = await bot.refusal("sendChatAction", chat_id=chat, action="typing")
    await bot.call("sendMessage", chat_id=chat, text="x")

    assert refused["parameters"] == {"retry_after": 9}
    assert bad["error_code"] == 502
    calls = (await bot.telegram.http.get("/control/telegram/calls")).json()
    assert [call["method"] for call in calls] == ["sendMessage", "sendChatAction", "sendMessage"]


async def test_a_send_is_accepted_and_never_answered(bot: FakeBot) -> None:
    """The bot gets no answer, but the person has the message. What sends nothing is answered."""
    chat = await bot.chat()
    await bot.telegram.control(unanswered=1)
    method = f"/telegram/bot{BOT_TOKEN}/sendMessage"

    with pytest.raises(httpx.ReadTimeout):
        await bot.telegram.http.post(method, json={"chat_id": chat, "text": "Hi"}, timeout=0.3)
    await bot.call("sendChatAction", chat_id=chat, action="typing")

    (_, shown) = await bot.thread()
    assert shown["body"] == "Hi"
    assert bot.telegram.simulator.unanswered == {f"{chat}.{shown['id']}"}
