"""The phone: its page, and the JSON behind it that the terminal phone and tests use as well."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Router, get, post, put
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import File, ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from litestar.static_files import create_static_files_router

from entrypoints.simulator.business import Person
from entrypoints.simulator.injection import Playing
from entrypoints.simulator.phones import Phone, UnknownPhoneError
from entrypoints.simulator.simulator import Simulator

LastEventId = Annotated[int | None, HeaderParameter(name="Last-Event-ID")]

PAGE = Path(__file__).parent / "page"
NUMBER = re.compile(r"\+?([0-9]{5,20})")
LONGEST_TEXT = 4096
LONGEST_NAME = 100
RECONNECT_MILLISECONDS = 1000
ONLY_OURS = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'"}


class Note(msgspec.Struct):
    """What a person types."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]


class Owner(msgspec.Struct):
    """Whose phone it is."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


def phone_routers() -> tuple[Router, Router]:
    handlers = [show_page, list_phones, add_phone, write, read_thread, look, follow_all, follow_one]
    scripts = create_static_files_router("/page", [PAGE], cache_control=CacheControlHeader(no_cache=True))
    return Router(path="/", route_handlers=handlers), scripts


@get("/", sync_to_thread=False)
def show_page() -> File:
    return File(PAGE / "index.html", content_disposition_type="inline", media_type="text/html", headers=ONLY_OURS)


@get("/phone")
async def list_phones(simulator: Playing) -> dict[str, Any]:
    """Everybody who has a phone, the business they write to, and the notice to show."""
    return {
        "business": {"name": simulator.business.name, "number": simulator.business.phone},
        "notice": simulator.notice,
        "people": [_summary(phone) for phone in simulator.phones],
    }


@put("/phone/{number:str}")
async def add_phone(simulator: Playing, number: FromPath[str], data: JSONBody[Owner]) -> dict[str, Any]:
    """Give somebody a phone; one that exists stays as it is."""
    return _summary(simulator.phones.add(Person(number=_digits(number), name=data.name)))


@post("/phone/{number:str}/messages")
async def write(simulator: Playing, number: FromPath[str], data: JSONBody[Note]) -> dict[str, str]:
    """Send a message to the business."""
    return {"id": simulator.write(number=_digits(number), text=data.text).id}


@get("/phone/{number:str}/messages")
async def read_thread(simulator: Playing, number: FromPath[str]) -> list[dict[str, Any]]:
    """The whole thread, oldest first."""
    return [message.as_json() for message in _phone(simulator, number).messages]


@post("/phone/{number:str}/read", status_code=204)
async def look(simulator: Playing, number: FromPath[str]) -> None:
    """Look at the thread: the business's messages count as read."""
    _phone(simulator, number)
    simulator.look(number=_digits(number))


@get("/phone/events")
async def follow_all(simulator: Playing, last_event_id: LastEventId = None) -> ServerSentEvent:
    """Events of all phones, as they happen."""
    return ServerSentEvent(_stream(simulator, None, last_event_id))


@get("/phone/{number:str}/events")
async def follow_one(simulator: Playing, number: FromPath[str], last_event_id: LastEventId = None) -> ServerSentEvent:
    """Events of one phone, as they happen; those after `Last-Event-ID` first."""
    return ServerSentEvent(_stream(simulator, _digits(number), last_event_id))


async def _stream(simulator: Simulator, number: str | None, after: int | None) -> AsyncIterator[ServerSentEventMessage]:
    yield ServerSentEventMessage(comment="open", data=None, retry=RECONNECT_MILLISECONDS)
    async for event in simulator.events.follow(number=number, after=after):
        if event is None:
            yield ServerSentEventMessage(comment="ping", data=None)
        else:
            yield ServerSentEventMessage(id=event.id, event=event.kind, data=msgspec.json.encode(event.data))


def _summary(phone: Phone) -> dict[str, Any]:
    last = phone.messages[-1].as_json() if phone.messages else None
    person = phone.person
    return {
        "number": person.number,
        "name": person.name,
        "unread": phone.unread,
        "typing": phone.typing,
        "last": last,
    }


def _phone(simulator: Simulator, number: str) -> Phone:
    try:
        return simulator.phones[_digits(number)]
    except UnknownPhoneError as error:
        raise NotFoundException(f"nobody has the number {number}") from error


def _digits(number: str) -> str:
    match = NUMBER.fullmatch(number)
    if match is None:
        raise ValidationException(f"{number!r} is no phone number")
    return match.group(1)
