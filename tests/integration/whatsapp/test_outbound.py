"""An agent's answers, and what the phone shows."""

from typing import Any

import pytest

from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually

type Json = dict[str, Any]

SIZES = ["Small", "Medium", "Large", "Huge"]
SECTIONS = [
    {"title": "Green", "rows": ["Sencha", {"id": "m", "title": "Matcha", "description": "Whisked"}]},
    {"title": "Black", "rows": ["Assam"]},
]
PLACE = {"latitude": 12.5, "longitude": -43.9, "name": "Pier", "address": "Main Street 1"}
LINK = "https://shop.example/tea"


async def shown(phone: Phone, model: ScriptedModel, agent_text: str, *, count: int = 1) -> list[Json]:
    """The bubbles of the agent's next answer."""
    question = f"tell {phone.number} {len(await phone.got())}"
    model.script[question] = Says(text=agent_text)
    before = len(await phone.got())
    await phone.write(question)

    async def all_of_them() -> list[Json]:
        bubbles = (await phone.got())[before:]
        return bubbles if len(bubbles) >= count else []

    return await eventually(all_of_them)


@pytest.mark.parametrize(
    ("item", "kind", "content"),
    [
        ({"text": "**bold** words"}, "text", {"body": "*bold* words", "preview_url": False}),
        ({"image": f"{LINK}.jpg", "caption": "Leaves"}, "image", {"link": f"{LINK}.jpg", "caption": "Leaves"}),
        ({"video": f"{LINK}.mp4", "caption": "Leaves"}, "video", {"link": f"{LINK}.mp4", "caption": "Leaves"}),
        (
            {"document": f"{LINK}.pdf", "filename": "bill.pdf"},
            "document",
            {"link": f"{LINK}.pdf", "filename": "bill.pdf"},
        ),
        ({"audio": f"{LINK}.mp3"}, "audio", {"link": f"{LINK}.mp3"}),
        ({"voice": f"{LINK}.ogg"}, "audio", {"link": f"{LINK}.ogg", "voice": True}),
        ({"sticker": f"{LINK}.webp"}, "sticker", {"link": f"{LINK}.webp"}),
        ({"location": PLACE}, "location", PLACE | {"latitude": "12.500000", "longitude": "-43.900000"}),
        (
            {"template": {"name": "shipped", "language": "en_US", "parameters": ["Ana"]}},
            "template",
            {
                "name": "shipped",
                "language": {"code": "en_US"},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
            },
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_each_object_becomes_its_type(
    phone: Phone, model: ScriptedModel, item: Json, kind: str, content: Json
) -> None:
    """As Meta names and writes it."""
    [bubble] = await shown(phone, model, block(item))

    assert (bubble["type"], bubble["content"]) == (kind, content)


@pytest.mark.parametrize(
    ("item", "kind", "offered"),
    [
        ({"text": "Which?", "buttons": SIZES[:3], "footer": "Tax included"}, "button", SIZES[:3]),
        ({"text": "Which?", "buttons": SIZES}, "list", SIZES),
        ({"text": "Which?", "buttons": ["One that is too long for a"]}, "text", ["1. One that is too long for a"]),
        ({"text": "Which?", "buttons": ["Long enough for a list"]}, "list", ["Long enough for a list"]),
        ({"text": "Which?", "list": SECTIONS, "button": "Teas"}, "list", ["Sencha", "Matcha", "Assam"]),
        ({"text": "Which?", "list": [f"Tea {n}" for n in range(11)]}, "text", ["1. Tea 0", "11. Tea 10"]),
        ({"text": "Which?", "link": {"title": "Shop", "url": LINK}}, "cta_url", ["Shop", LINK]),
        (
            {"text": "Which?", "form": {"id": "77", "button": "Order", "screen": "TEAS"}},
            "flow",
            ["77", "Order", "TEAS"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_questions(phone: Phone, model: ScriptedModel, item: Json, kind: str, offered: list[str]) -> None:
    """Up to 3 buttons, up to 10 rows, and text with numbers beyond that."""
    [bubble] = await shown(phone, model, block(item))

    content = bubble["content"]
    assert content.get("type", bubble["type"]) == kind
    assert all(words in str(content) for words in ("Which?", *offered))
    assert item.get("footer", "") in str(content)


async def test_contacts_five_a_message(phone: Phone, model: ScriptedModel) -> None:
    """Cards with a name, and what else is known."""
    cards = [{"name": f"Carla {number}", "phones": ["+15550006666"], "organisation": "Tea & Co"} for number in range(6)]

    bubbles = await shown(phone, model, block({"contacts": cards}), count=2)

    assert [(bubble["type"], len(bubble["content"])) for bubble in bubbles] == [("contacts", 5), ("contacts", 1)]


async def test_a_reaction(phone: Phone, model: ScriptedModel) -> None:
    """To the latest message, because agents invent ids."""
    model.script[f"thanks {phone.number}"] = Says(text=block({"reaction": "👍", "to": "made-up"}))
    message_id = await phone.write(f"thanks {phone.number}")

    async def reactions() -> object:
        return (await phone.meta.message(message_id, number=phone.number))["reactions"]

    await eventually(reactions)
    assert await reactions() == {"business": "👍"}
    assert await phone.got() == []


async def test_a_part_as_a_reply(phone: Phone, model: ScriptedModel) -> None:
    """Shown below what it replies to."""
    question = f"reply {phone.number}"
    model.script[question] = Says(text=block({"text": "to this", "reply_to": True}))

    message_id = await phone.write(question)

    assert (await eventually(phone.got))[0]["reply_to"] == message_id


async def test_words_before_and_after(phone: Phone, model: ScriptedModel) -> None:
    """The text before a question becomes its text. Texts next to each other are one message."""
    agent_text = (
        f"Here.\n\n{block({'text': 'Four sizes.'}, {'image': f'{LINK}.jpg'})}Which?\n{block({'buttons': SIZES[:2]})}"
    )

    bubbles = await shown(phone, model, agent_text, count=3)

    assert [bubble["type"] for bubble in bubbles] == ["text", "image", "interactive"]
    assert bubbles[0]["body"] == "Here.\n\nFour sizes."
    assert bubbles[2]["content"]["body"] == {"text": "Which?"}


@pytest.mark.parametrize(
    ("agent_text", "words"),
    [
        ("Hello.\n```trunkline\n{not JSON\n```\n", "Hello."),
        (f"Hello.\n{block({'sculpture': 'https://shop.example'})}", "Hello."),
        (block({"text": "Hello.", "buttons": 7}), "Hello."),
        (block({"text": "Hello.", "image": "file:///etc/passwd"}), "Hello."),
    ],
)
async def test_a_broken_block_is_not_shown(
    operators: Operators, phone: Phone, model: ScriptedModel, agent_text: str, words: str
) -> None:
    """Its text is still sent, and operators see the error."""
    [bubble] = await shown(phone, model, agent_text)

    event = await operators.event("answered", of=phone.number)
    assert (bubble["type"], bubble["body"]) == ("text", words)
    assert event["detail"]["reason"]


async def test_nothing_but_a_broken_block(phone: Phone, model: ScriptedModel) -> None:
    """The person still gets a message."""
    [bubble] = await shown(phone, model, block({"sculpture": "https://shop.example"}))

    assert bubble["body"]
    assert "sculpture" not in bubble["body"]
