"""Guide, "Rate Limiting" and "Rate limit hit"."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.configuration import GUIDE_CHANNELS, GUIDE_RATE_LIMIT
from support.model_server import ScriptedModel
from support.phone import ADMIN, Phone, post
from support.polling import eventually
from support.service import Service, StartService
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import contact, webhook

NOTICE = "A moment, please."


@pytest.fixture(scope="module")
def guide_keys() -> dict[str, object]:
    """The service of this module has a low limit."""
    return {"rate_limit": {"window_seconds": 60, "max_messages": 2}, "texts": {"please_wait": NOTICE}}


def lines_asked(model: ScriptedModel, beginning: str) -> list[str]:
    """The lines that reached the model and begin so."""
    return [line for query in model.queries for line in query.split("\n") if line.startswith(beginning)]


async def test_the_guides_limit(start_service: StartService, own_phone: Phone, model: ScriptedModel) -> None:
    """ "This limits each phone number to 30 messages per 60-second window": the block as the guide prints it."""
    channel = yaml.safe_load(GUIDE_CHANNELS + GUIDE_RATE_LIMIT)["channels"]["whatsapp"]
    service = await start_service(rate_limit=channel["rate_limit"], texts={"please_wait": NOTICE})
    flood = [
        text_message(f"flood {number}", sender=own_phone.number, wamid=f"wamid.flood.{number}") for number in range(31)
    ]

    await post(service, webhook(*flood, contacts=[contact(phone=own_phone.number)]))
    await eventually(lambda: _heard(own_phone, NOTICE))

    assert lines_asked(model, "flood ") == [f"flood {number}" for number in range(30)]
    assert (await own_phone.heard()).count(NOTICE) == 1


async def _heard(phone: Phone, text: str) -> bool:
    return text in await phone.heard()


async def test_max_messages_is_applied(phone: Phone, model: ScriptedModel) -> None:
    """ "Messages that exceed the limit receive a "please wait" response instead of triggering agent execution"."""
    answers = [await phone.ask(f"limited {number}") for number in range(3)]

    assert answers == ["You said: limited 0", "You said: limited 1", NOTICE]
    assert lines_asked(model, "limited ") == ["limited 0", "limited 1"]


async def test_window_seconds_is_applied(start_service: StartService, own_phone: Phone) -> None:
    """Once the window has passed, the person is answered again."""
    await start_service(rate_limit={"window_seconds": 3, "max_messages": 1}, texts={"please_wait": NOTICE})
    assert await own_phone.ask("first") == "You said: first"
    assert await own_phone.ask("too soon") == NOTICE

    await eventually(lambda: _answered_again(own_phone))

    assert "You said: and now?" in await own_phone.heard()


async def _answered_again(phone: Phone) -> bool:
    """Over the limit the person gets no more answers: one notice in a window."""
    try:
        await phone.ask("and now?", seconds=0.5)
    except AssertionError:
        return False
    return True


async def test_the_limit_counts_each_number(phone: Phone, other_phone: Phone) -> None:
    """ "This limits each phone number": many messages of one person do not affect another."""
    answers = [await phone.ask(text) for text in ("mine", "mine again", "mine once more")]

    assert answers[-1] == NOTICE
    assert await other_phone.ask("and mine?") == "You said: and mine?"


async def test_the_notice_is_polite(start_service: StartService, own_phone: Phone) -> None:
    """ "A polite "please wait" response": the shipped text, if nobody wrote another one."""
    await start_service(rate_limit={"window_seconds": 60, "max_messages": 1})
    await own_phone.ask("one")

    notice = await own_phone.ask("two")

    assert "please wait" in notice.lower()


async def test_a_change_takes_effect_with_the_next_start(start_service: StartService, own_phone: Phone) -> None:
    """ "Adjust rate_limit in channels.yaml": messages from before the restart still count."""
    service = await start_service(rate_limit={"window_seconds": 60, "max_messages": 1}, texts={"please_wait": NOTICE})
    await own_phone.ask("one")
    assert await own_phone.ask("two") == NOTICE

    _set_limit(service.config_dir / "channels.yaml", window_seconds=60, max_messages=3)
    await service.restart()

    assert await own_phone.ask("three") == "You said: three"


def _set_limit(path: Path, **limit: int) -> None:
    tree = yaml.safe_load(path.read_text())
    tree["channels"]["whatsapp"]["rate_limit"] = limit
    path.write_text(yaml.safe_dump(tree))


async def test_a_person_who_sends_too_much_can_be_seen(guide_service: Service, phone: Phone) -> None:
    """ "Check if a single user is sending excessive messages": the event names the conversation."""
    for text in ("one", "two", "three"):
        await phone.ask(text)

    limited = await _first_event(guide_service, kind="limited", conversation=f"whatsapp:{phone.number}")

    assert limited["detail"]["reason"] == "1 over the rate limit"


async def _first_event(service: Service, **wanted: str) -> dict[str, Any]:
    headers = {**ADMIN, "Last-Event-ID": "0"}
    async with service.http.stream("GET", f"{service.url}/v1/channels/events", headers=headers) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                if wanted.items() <= event.items():
                    return dict(event)
    raise AssertionError("the stream ended")
