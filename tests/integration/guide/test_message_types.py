"""Guide, "Message Types"."""

from typing import Any

import pytest

from support.model_server import Says, ScriptedModel
from support.phone import Phone, post
from support.polling import eventually
from support.service import Service

MEDIA = {"id": "300000000000003", "mime_type": "application/octet-stream", "sha256": "none"}


async def test_text_is_fully_supported(phone: Phone) -> None:
    """ "Text messages: fully supported, processed through the agent pipeline": every character of them."""
    text = '¿Qué tal? 你好 👩‍👩‍👧 a_b*c ~d~ `e` <f> & "g" / \\h'

    answer = await phone.ask(text)

    assert answer.removeprefix("You said: ") == text


async def test_a_text_of_several_lines_is_one_message(phone: Phone) -> None:
    """Lines stay lines on the way to the agent and back."""
    answer = await phone.ask("first line\nsecond line")

    assert answer == "You said: first line\nsecond line"


@pytest.mark.parametrize("kind", ["image", "audio", "document", "video", "sticker"])
async def test_media_reaches_the_agent(guide_service: Service, phone: Phone, kind: str) -> None:
    """ "Planned: image, audio, and document messages": an agent behind HTTP gets a note about each."""
    answer = await post(guide_service, phone.item(kind, MEDIA, wamid=f"wamid.{phone.number}"))

    assert answer.status_code == 200
    assert (await phone.next_after(0)).startswith("You said: [sent a")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes, please"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "yes", "title": "Yes, please"}}),
        ("button", {"payload": "yes", "text": "Yes, please"}),
    ],
)
async def test_taps_come_as_their_titles(
    guide_service: Service, phone: Phone, kind: str, content: dict[str, Any]
) -> None:
    """ "Planned: interactive messages (buttons, lists)": the agent gets the title of the tapped choice as text."""
    await post(guide_service, phone.item(kind, content, wamid=f"wamid.{phone.number}"))

    assert await phone.next_after(0) == "You said: Yes, please"


async def test_an_unknown_type_is_accepted(guide_service: Service, phone: Phone) -> None:
    """A type that Meta adds later is stored and gets a polite answer. The next message is answered as usual."""
    answer = await post(guide_service, phone.item("hologram", {"depth": 3}, wamid=f"wamid.{phone.number}"))

    assert answer.status_code == 200
    assert "cannot open this" in await phone.next_after(0)
    assert await phone.ask("in words, then") == "You said: in words, then"


async def test_read_receipts_and_typing(phone: Phone, model: ScriptedModel) -> None:
    """ "Planned: read receipts and typing indicators": both are shown."""
    model.script["let me think"] = Says(text="done", delay_seconds=1)

    message_id = await phone.write("let me think")
    await eventually(lambda: _typing(phone))
    read = (await phone.meta.message(message_id, number=phone.number))["status"]
    answer = await phone.next_after(0)

    assert (read, answer) == ("read", "done")
    assert not await _typing(phone)


async def _typing(phone: Phone) -> bool:
    return bool((await phone.shown())["typing"])
