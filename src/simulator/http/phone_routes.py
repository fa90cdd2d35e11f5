"""The routes of the phone: its page, its threads and its events. The terminal phone and tests use them too."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Router, get, post, put
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import File, ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from litestar.static_files import create_static_files_router

import page_kit
from simulator.http.action_routes import ACTIONS
from simulator.http.dependencies import SimulatorDependency
from simulator.http.file_routes import FILES
from simulator.http.phone_access import digits, phone_of
from simulator.simulator import Simulator
from simulator.state.business import Person
from simulator.state.phones import Phone
from simulator.state.thread import Thread

LastEventId = Annotated[int | None, HeaderParameter(name="Last-Event-ID")]

PAGE = Path(__file__).parents[1] / "phone" / "page"
MAX_NAME = 100
RECONNECT_MILLISECONDS = 1000


class NewPhone(msgspec.Struct):
    """The owner of a new phone. With `hides_number` the business sees a username instead of the number."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
    hides_number: bool = False


def phone_routers() -> tuple[Router, Router]:
    handlers = [show_page, list_phones, add_phone, read_thread, open_thread, follow_all, follow_one, *ACTIONS, *FILES]
    fresh = CacheControlHeader(no_cache=True)
    scripts = create_static_files_router("/page", [PAGE, page_kit.FILES], cache_control=fresh)
    return Router(path="/", route_handlers=handlers), scripts


@get("/", sync_to_thread=False)
def show_page() -> File:
    return File(
        PAGE / "index.html",
        content_disposition_type="inline",
        media_type="text/html",
        headers=page_kit.SECURITY_HEADERS,
    )


@get("/phone")
async def list_phones(simulator: SimulatorDependency) -> dict[str, Any]:
    """All people with a phone, the business, the channels that work, and the notice for the page."""
    return {
        "channels": simulator.channels,
        "business": {"name": simulator.business.name, "number": simulator.business.phone},
        "notice": simulator.notice,
        "people": [_summary(simulator, phone) for phone in simulator.phones],
    }


@put("/phone/{number:str}")
async def add_phone(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[NewPhone]) -> dict[str, Any]:
    """Add a phone. A phone that exists stays as it is."""
    person = Person(number=digits(number), name=data.name, hides_number=data.hides_number)
    return _summary(simulator, simulator.phones.add(person))


@get("/phone/{number:str}/messages")
async def read_thread(simulator: SimulatorDependency, number: FromPath[str]) -> list[dict[str, Any]]:
    """All messages of the thread, oldest first."""
    return [message.as_json() for message in phone_of(simulator, number).messages]


@post("/phone/{number:str}/read", status_code=204)
async def open_thread(simulator: SimulatorDependency, number: FromPath[str]) -> None:
    """Open the thread. The messages of the business are now read."""
    simulator.outbound.open_thread(phone_of(simulator, number))


@get("/phone/events")
async def follow_all(simulator: SimulatorDependency, last_event_id: LastEventId = None) -> ServerSentEvent:
    """The events of all phones, as they happen."""
    return _stream(simulator, None, last_event_id)


@get("/phone/{number:str}/events")
async def follow_one(
    simulator: SimulatorDependency, number: FromPath[str], last_event_id: LastEventId = None
) -> ServerSentEvent:
    """The events of one phone, as they happen. Starts after the event `Last-Event-ID`."""
    return _stream(simulator, digits(number), last_event_id)


def _stream(simulator: Simulator, number: str | None, last_seen: int | None) -> ServerSentEvent:
    """Events from now on. `latest` is read here, before the client learns that the stream is open: it misses none."""
    after = simulator.events.latest if last_seen is None else last_seen
    return ServerSentEvent(_messages(simulator, number, after))


async def _messages(simulator: Simulator, number: str | None, after: int) -> AsyncIterator[ServerSentEventMessage]:
    yield ServerSentEventMessage(comment="open", data=None, retry=RECONNECT_MILLISECONDS)
    async for event in simulator.events.follow(number=number, after=after):
        if event is None:
            yield ServerSentEventMessage(comment="ping", data=None)
        else:
            yield ServerSentEventMessage(id=event.id, event=event.kind, data=msgspec.json.encode(event.data))


def _summary(simulator: Simulator, phone: Phone) -> dict[str, Any]:
    person = phone.person
    chat = simulator.telegram.chats.of(person.number)
    return {
        "number": person.number,
        "name": person.name,
        "hides_number": person.hides_number,
        "username": person.username if person.hides_number else None,
        "user_id": person.user_id,
        **_state(phone),
        "telegram": {**_state(chat), "blocked": chat.blocked, "username": chat.user["username"]},
    }


def _state(thread: Thread) -> dict[str, Any]:
    """What the list of people shows of a thread."""
    last = thread.shown(thread.messages[-1]) if thread.messages else None
    return {"unread": thread.unread, "typing": thread.typing, "last": last}
