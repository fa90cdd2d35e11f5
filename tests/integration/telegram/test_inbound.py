"""What people do in Telegram, as the agent and the operators get it. The simulator plays Telegram."""

import asyncio
import time
from collections.abc import Callable, Mapping

import httpx

from adapters.telegram.inbound import SECRET_HEADER
from support.bot_chat import BotChat
from support.installation import Installation, channels_command
from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.polling import eventually
from support.service import Service
from support.telegram import SECRET, TOKEN, message, update

PLACE = {"latitude": 1.5, "longitude": 2.5}
SHOP = {**PLACE, "name": "The shop", "address": "Main Street 1"}
# What a person sends, and what the agent reads.
MESSAGES: Mapping[str, tuple[Mapping[str, object], str]] = {
    "text": ({"text": "Hello"}, "Hello"),
    "photo": ({"type": "image", "content": {"caption": "Look"}}, "[sent an image; it cannot be looked at here]\nLook"),
    "video": ({"type": "video"}, "[sent a video video.mp4; it cannot be looked at here]"),
    "voice": ({"type": "voice"}, '[sent a voice note; transcript: "Two teas, please."]'),
    "audio": ({"type": "audio"}, '[sent an audio file voice.ogg; transcript: "Two teas, please."]'),
    "document": ({"type": "document"}, "[sent a document document.pdf; it cannot be looked at here]"),
    "sticker": ({"type": "sticker"}, "[sent a sticker; it cannot be looked at here]\n🙂"),
    "location": ({"type": "location", "content": PLACE}, "[sent a location: 1.500000, 2.500000]"),
    "venue": ({"type": "location", "content": SHOP}, "[sent a location: The shop, Main Street 1 (1.500000, 2.500000)]"),
    "contact": ({"type": "contacts"}, "[sent a contact: Carla Moreno, +15550006666]"),
    "forwarded": ({"text": "Look at that", "forwarded": True}, "[forwarded]\nLook at that"),
    "link": ({"text": "/start spring"}, "[came through a link: spring]\n/start spring"),
}
type NewChat = Callable[..., BotChat]

SIZES = block({"text": "Which size?", "buttons": [{"id": "s", "title": "Small"}, {"id": "l", "title": "Large"}]})


async def test_each_kind_of_message_reaches_the_agent(new_chat: NewChat) -> None:
    """By the webhook, with the file where it is needed."""
    chats = {kind: new_chat() for kind in MESSAGES}

    await asyncio.gather(*(chats[kind].send(**message) for kind, (message, _) in MESSAGES.items()))
    answers = {kind: await chat.next_after(0) for kind, chat in chats.items()}

    assert answers == {kind: f"You said: {words}" for kind, (_, words) in MESSAGES.items()}


async def test_a_webhook_that_comes_again_is_answered_once(chat: BotChat, service: Service) -> None:
    """Without the secret token it is refused. No log has a token."""
    await chat.ask("Hello")
    about = {"user": int(chat.user), "at": int(time.time())}
    genuine, forged = (
        update(message=message(number=number, text=text, **about))
        for number, text in ((900, "What time is it?"), (901, "Forged"))
    )

    calls = [(genuine, SECRET), (genuine, SECRET), (forged, "wrong"), (forged, "")]
    codes = [(await post(service, body, secret=secret)).status_code for body, secret in calls]
    await chat.next_after(1)
    await chat.ask("And now?")

    assert codes == [200, 200, 403, 403]
    assert await chat.heard() == [f"You said: {text}" for text in ("Hello", "What time is it?", "And now?")]
    assert not any(secret in service.log for secret in (TOKEN, SECRET))


async def test_a_group_is_seen_and_not_answered(chat: BotChat, service: Service, operators: Operators) -> None:
    """The event says who and where, and not what they wrote."""
    group = {"id": -100123, "type": "supergroup", "title": "Friends of tea"}
    wrote = {**message(user=int(chat.user), text="A word of mine"), "chat": group}

    assert (await post(service, update(message=wrote))).status_code == 200

    event = await operators.event("unrecognised", kind="message:group")
    assert event["detail"]["detail"] == f"in supergroup -100123, from {chat.user}"
    await chat.ask("And here?")
    assert len(await chat.heard()) == 1


async def test_messages_of_one_second_are_read_in_their_order(
    chat: BotChat, service: Service, model: ScriptedModel
) -> None:
    """Delivered backwards, while the agent answers another one: the numbers of the updates decide."""
    question = f"wait {chat.number}"
    model.script[question] = Says(text="Yes?", delay_seconds=1)
    await chat.write(question)
    await eventually(lambda: question in model.queries)

    for number in range(6, 0, -1):
        about = {"user": int(chat.user), "number": 900 + number, "at": int(time.time()) // 60 * 60}
        await post(service, update(10**9 + number, message=message(text=f"line {number}", **about)))
    await chat.next_after(1)

    assert model.queries[-1].split("\n") == [f"line {number}" for number in range(1, 7)]


async def test_what_nobody_can_read_is_named(chat: BotChat, model: ScriptedModel, operators: Operators) -> None:
    """A poll by its question. Alone, it gets one of our texts."""
    await chat.send(type="poll")
    answer = await chat.next_after(0)
    await operators.take_over(chat.user)
    for kind in ("poll", "dice"):
        await chat.send(type=kind, content={"question": "Tea?"})
    await chat.write("Well?")
    await operators.event("held", of=chat.user)
    await operators.give_back(chat.user)
    await chat.ask("Hello?")

    assert answer == "We cannot open this here. Could you please tell us in writing?"
    assert model.queries[-1].split("\n") == [
        "[sent something that cannot be shown here: a poll: Tea?]",
        "[sent something that cannot be shown here: dice]",
        "Well?",
        "Hello?",
    ]


async def test_what_changes_is_a_note_with_the_next_message(chat: BotChat, model: ScriptedModel) -> None:
    """An edited text, an edited caption, a reaction, and a reaction that is removed."""
    text = await chat.write("Two teas")
    await chat.next_after(0)
    photo = await chat.send(type="image", content={"caption": "Before"})
    await chat.next_after(1)
    answer = (await chat.got())[0]["id"]

    await chat.act("edits", message_id=text, text="Three teas")
    await chat.act("edits", message_id=photo, text="After")
    await chat.act("reactions", message_id=answer, emoji="❤️")
    await chat.act("reactions", message_id=answer, emoji="")
    await chat.ask("Thank you")

    assert model.queries[-1].split("\n") == [
        '[changed "Two teas" to: Three teas]',
        '[changed "\\[sent an image; it cannot be looked at here\\] Before" to: After]',
        '[reacted with ❤ to "You said: Two teas"]',
        '[took back the reaction to "You said: Two teas"]',
        "Thank you",
    ]


async def test_a_reply_brings_the_words_that_it_is_about(chat: BotChat, model: ScriptedModel) -> None:
    """Those that the person selected, or else the whole message. The answer to it is a reply, where the agent wants."""
    await chat.ask("Tea or coffee?")
    (offer,) = await chat.got()
    question = f"That {chat.number}"
    model.script[f'[in reply to: "coffee"]\n{question}'] = Says(text=block({"text": "Good.", "reply_to": True}))

    asked = await chat.send(text=question, reply_to=offer["id"], quote="coffee")
    answer = (await chat.bubbles(2))[1]
    await chat.send(text="All of it", reply_to=offer["id"])
    await chat.next_after(2)

    assert (answer["body"], answer["reply_to"]) == ("Good.", asked)
    assert model.queries[-1] == '[in reply to: "You said: Tea or coffee?"]\nAll of it'


async def test_who_begins_is_welcomed_in_their_language(new_chat: NewChat, model: ScriptedModel) -> None:
    """Telegram tells it; their phone number, of which nobody knows, would be English."""
    asked = len(model.requests)

    answers = [await new_chat(language=language).ask("/start") for language in ("es", "pt-br", "xx")]

    assert [answer.partition("!")[0] for answer in answers] == ["¡Hola", "Olá", "Hello"]
    assert len(model.requests) == asked


async def test_every_tap_is_answered(chat: BotChat, model: ScriptedModel, operators: Operators) -> None:
    """To the last question, to an old one, and while a human answers: no button spins."""
    model.script[f"order {chat.number}"] = Says(text=SIZES)
    await chat.write(f"order {chat.number}")
    (question,) = await chat.bubbles()

    await chat.tap(question, "Small")
    await chat.next_after(1)
    first = model.queries[-1]
    await chat.tap(question, "Large")
    await chat.next_after(2)
    second = model.queries[-1]
    await operators.take_over(chat.user)
    await chat.tap(question, "Small")
    await eventually(lambda: calm(chat))

    assert (first, second) == ("Small", '[in reply to: "Which size?"]\nLarge')
    assert len(await chat.heard()) == 3


async def test_a_tap_that_telegram_no_longer_knows_is_read(chat: BotChat, model: ScriptedModel) -> None:
    """It refuses to be told that the tap arrived. The person gets the answer all the same."""
    model.script[f"order {chat.number}"] = Says(text=SIZES)
    await chat.write(f"order {chat.number}")
    (question,) = await chat.bubbles()
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    await chat.refuse(400, late, method="answerCallbackQuery")
    before = len(await chat.calls("answerCallbackQuery"))

    await chat.tap(question, "Large")

    assert await chat.next_after(1) == "You said: Large"
    assert len(await chat.calls("answerCallbackQuery")) == before + 1


async def test_who_blocks_the_bot_is_not_written_to(chat: BotChat, operators: Operators) -> None:
    """Until they unblock it. The agent knows nothing of it."""
    await chat.send(text="Hello", age_seconds=2)
    await chat.next_after(0)
    await chat.act("blocks", blocked=True)
    await eventually(lambda: is_reachable(operators, chat, False))
    refused = await operators.write({"text": "Shipped."}, key=f"1-{chat.number}", user_id=chat.user)
    await chat.act("blocks", blocked=False)
    await eventually(lambda: is_reachable(operators, chat, True))
    taken = await operators.write({"text": "Arrived."}, key=f"2-{chat.number}", user_id=chat.user)

    assert (refused.status_code, taken.status_code) == (409, 202)
    assert refused.json()["type"].endswith("person-unreachable")
    assert await chat.next_after(1) == "Arrived."


async def test_nobody_is_written_to_first(chat: BotChat, operators: Operators) -> None:
    """A bot cannot begin, so the request is refused at once, with the reason."""
    early = await operators.write({"text": "Hello"}, key=f"early-{chat.number}", user_id=chat.user)
    await chat.ask("Hello")
    later = await operators.write({"text": "Hello again"}, key=f"later-{chat.number}", user_id=chat.user)

    assert (early.status_code, later.status_code) == (422, 202)
    assert early.json()["type"].endswith("unsupported-by-channel")
    assert "before the person writes" in early.json()["reason"]
    assert await chat.next_after(1) == "Hello again"


async def test_the_own_contact_proves_a_number(chat: BotChat, model: ScriptedModel, operators: Operators) -> None:
    """Asked for by a button in the place of the keyboard. That of somebody else proves nothing."""
    question = f"Where is my order {chat.number}?"
    model.script[question] = Says(text=block({"text": "Your number?", "contact_request": "Share my number"}))
    await chat.write(question)
    (asked,) = await chat.bubbles()
    await chat.send(type="contacts")
    await chat.next_after(1)
    before = await operators.conversation("+15550006666")
    await chat.send(type="own_contact", reply_to=asked["id"])
    await chat.next_after(2)
    after = await operators.conversation(f"+{chat.number}")

    assert asked["content"]["reply_markup"]["keyboard"] == [[{"text": "Share my number", "request_contact": True}]]
    assert before["heard_at"] is None
    assert after["user"] == chat.user


async def test_the_doctor_asks_telegram(installation: Installation) -> None:
    """The command registered the webhook with the secret token, for all that the adapter reads."""
    checked = await channels_command("check", "telegram", config_dir=installation.service.config_dir)
    [registered] = [call.fields for call in installation.meta.simulator.telegram.calls if call.method == "setWebhook"]

    assert registered["url"] == f"{installation.service.url}/v1/channels/telegram/webhook"
    assert registered["secret_token"] == "a-secret_Token-1"
    assert registered["drop_pending_updates"] is False
    assert {"message_reaction", "my_chat_member", "callback_query"} <= set(registered["allowed_updates"])
    assert "@trunkline_bot" in checked
    assert "0 updates wait" in checked


async def calm(chat: BotChat) -> bool:
    """Whether no button spins."""
    return not [message for message in await chat.thread() if message["tapped"]]


async def is_reachable(operators: Operators, chat: BotChat, expected: bool) -> bool:
    """Whether the operators' route says so of the person."""
    return (await operators.conversation(chat.user))["reachable"] is expected


async def post(service: Service, body: bytes, *, secret: str = SECRET) -> httpx.Response:
    """Call the webhook as Telegram does."""
    url = f"{service.url}/v1/channels/telegram/webhook"
    return await service.http.post(url, content=body, headers={SECRET_HEADER: secret})
