"""What agents say, as people see it in Telegram. The simulator plays Telegram."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from typing import Any

from simulator.state.samples import SAMPLES_URL, sample
from simulator.telegram.formatting import units
from support.bot_chat import BotChat
from support.model_server import Says, ScriptedModel
from support.operators import block
from support.polling import eventually

type Json = dict[str, Any]
type NewChat = Callable[..., BotChat]

# The type of each file on the page, and its content.
FILES: Mapping[str, tuple[str, Json]] = {
    "image": ("image", {"voice": False}),
    "video": ("video", {"voice": False}),
    "voice": ("audio", {"voice": True}),
    "document": ("document", {"voice": False}),
    "sticker": ("sticker", {"voice": False}),
}
PLACE = {"latitude": 1.5, "longitude": 2.5}
LONG_ID = "order/" + "9" * 100  # the installation has a text for it
CARD = {"name": "Cleo Rey", "phones": ["+56955550100"], "organisation": "The shop"}
MESSAGES: Mapping[str, tuple[object, str, str, Json]] = {
    "location": ({"location": PLACE}, "location", "[location]", PLACE),
    "venue": ({"location": PLACE | {"name": "The shop", "address": "Main 1"}}, "location", "The shop", PLACE),
    "contact": (
        {"contacts": [CARD]},
        "contacts",
        "Cleo Rey",
        {"cards": [{"name": {"formatted_name": "Cleo Rey"}, "phones": [{"phone": "+56955550100"}]}]},
    ),
    "link": (
        {"text": "All we have", "link": {"title": "Open", "url": "https://shop.example/"}},
        "text",
        "All we have",
        {"reply_markup": {"inline_keyboard": [[{"text": "Open", "url": "https://shop.example/"}]]}},
    ),
    "form": ({"text": "Fill it in", "form": {"id": "7", "button": "Open"}}, "text", "Fill it in", {}),
}


async def ask(chat: BotChat, model: ScriptedModel, answer: str) -> str:
    """Write what the agent answers with this. Returns the id of the message."""
    question = f"say {chat.number}"
    model.script[question] = Says(text=answer)
    return await chat.write(question)


def whole(kind: str) -> Json:
    """The sample of that kind, as an agent gives it."""
    file = sample(kind)
    return {"type": kind, "data": base64.b64encode(file.content).decode(), "mime_type": file.mime_type}


async def test_formatting_is_seen_and_no_character_is_markup(chat: BotChat, model: ScriptedModel) -> None:
    """Telegram's entities have the place and the meaning of the agent's Markdown."""
    await ask(chat, model, "😀 **1 < 2** & [our site](https://a.example/?a=1&b=2)\n\n`x<y>`")

    (shown,) = await chat.bubbles()

    assert shown["body"] == "😀 1 < 2 & our site\n\nx<y>"
    kinds = {(entity["type"], entity["offset"], entity["length"]) for entity in shown["content"]["entities"]}
    assert kinds == {("bold", 3, 5), ("text_link", 11, 8), ("code", 21, 4)}


async def test_a_long_text_is_cut_by_utf_16_units(chat: BotChat, model: ScriptedModel) -> None:
    """An emoji is two of them. Telegram refuses one unit too many. No word is cut."""
    words = " ".join(["😀😀tea"] * 1000)
    await ask(chat, model, words)

    shown = await chat.bubbles(2)

    assert " ".join(message["body"] for message in shown) == words
    assert all(units(message["body"]) <= 4096 for message in shown)


async def test_text_that_telegram_cannot_read_is_sent_without_formatting(chat: BotChat, model: ScriptedModel) -> None:
    """At once: the agent does not run again."""
    await chat.refuse(400, "Bad Request: can't parse entities: Unsupported start tag", method="sendMessage")
    await ask(chat, model, "**Hello**")

    (shown,) = await chat.bubbles()

    assert (shown["body"], "entities" in shown["content"]) == ("Hello", False)
    assert model.queries.count(f"say {chat.number}") == 1


async def test_files_come_by_content_and_by_address(new_chat: NewChat, model: ScriptedModel) -> None:
    """The same bytes, each shown as what it is, with the caption that Telegram has for it."""
    by_content = {kind: new_chat() for kind in FILES}
    by_address = {kind: new_chat() for kind in FILES}
    for kind in FILES:
        address = f"{SAMPLES_URL}{sample(kind).filename}"
        await ask(by_content[kind], model, block(whole(kind) | {"caption": "Look"}))
        await ask(by_address[kind], model, block({kind: address, "caption": "Look"}))

    for kind, (shown_as, content) in FILES.items():
        for chat in (by_content[kind], by_address[kind]):
            first, *more = await chat.bubbles(2 if kind == "sticker" else 1)
            assert first["type"] == shown_as
            assert first["content"].items() >= content.items()
            assert await chat.file(first) == sample(kind).content
            assert [first["content"]["caption"], *(each["body"] for each in more)] == (
                ["", "Look"] if kind == "sticker" else ["Look"]
            )


async def test_places_cards_links_and_what_telegram_lacks(new_chat: NewChat, model: ScriptedModel) -> None:
    """What Telegram has not, is a text."""
    chats = {kind: new_chat() for kind in MESSAGES}
    await asyncio.gather(*(ask(chats[kind], model, block(said)) for kind, (said, *_) in MESSAGES.items()))

    for kind, (_, shown_as, body, content) in MESSAGES.items():
        (shown,) = await chats[kind].bubbles()
        assert (shown["type"], shown["body"]) == (shown_as, body)
        assert shown["content"].items() >= content.items()


async def test_a_long_id_comes_back_whole(chat: BotChat, model: ScriptedModel) -> None:
    """A button holds 64 bytes. The rule of the installation knows the id by all of its letters."""
    choices = [{"id": LONG_ID, "title": "The big one"}, "None"]
    await ask(chat, model, block({"text": "Which order?", "buttons": choices}))
    (question,) = await chat.bubbles()

    await chat.tap(question, "The big one")

    assert await chat.next_after(1) == "You chose the big order."
    ((button,), _) = question["content"]["reply_markup"]["inline_keyboard"]
    assert len(button["callback_data"].encode()) <= 64


async def test_a_reaction_and_a_reply_are_about_the_message(new_chat: NewChat, model: ScriptedModel) -> None:
    """An emoji that bots may not use is a reply."""
    thumb, duck, reply = new_chat(), new_chat(), new_chat()
    asked = await ask(thumb, model, block({"reaction": "👍"}))
    ducked = await ask(duck, model, block({"reaction": "🦆"}))
    replied = await ask(reply, model, block({"text": "Yes", "reply_to": True}))

    async def reactions() -> Json:
        return dict((await thumb.message(asked))["reactions"])

    await eventually(reactions)
    (duckling,), (answer,) = await duck.bubbles(), await reply.bubbles()

    assert await reactions() == {"business": "👍"}
    assert await thumb.got() == []
    assert (duckling["body"], duckling["reply_to"]) == ("🦆", ducked)
    assert (answer["body"], answer["reply_to"]) == ("Yes", replied)


async def test_somebody_types_while_the_agent_thinks(chat: BotChat, model: ScriptedModel) -> None:
    """Telegram shows it for five seconds, so it is renewed before they end."""
    question = f"think {chat.number}"
    model.script[question] = Says(text="Done", delay_seconds=4.5)

    await chat.write(question)
    await chat.next_after(0)

    typing = await chat.calls("sendChatAction")
    assert [call["action"] for call in typing] == ["typing", "typing"]
