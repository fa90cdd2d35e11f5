"""What happens, as server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from application.ports.activity_feed import ActivityFeed
from application.ports.store import StoreUnavailableError
from domain.conversations.activity import Activity
from domain.operators.operator import Operator
from entrypoints.http.operator_access import SECURITY, is_still_valid, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

# Proxies close a connection after about a minute of silence.
PING_SECONDS = 15.0
RECONNECT_MILLISECONDS = 2000

# The ids of the activity feed. Empty: no id.
EVENT_ID = r"^([0-9]{1,19}(-[0-9]{1,19})?)?$"

PING = ServerSentEventMessage(comment="ping", data=None)


@get(
    "/v1/channels/events",
    media_type="text/event-stream",
    tags=["channels"],
    guards=[operators_only],
    security=[SECURITY],
    summary="Follow what is received, answered, rate limited and failing",
    description="The data of each event is one activity in JSON. The stream continues after Last-Event-ID; without it, "
    "it begins with the next activity.",
    responses=problem_specs(400, 401, 403, 404, 429, 503),
)
async def stream_events(
    services: NamedDependency[Services],
    operator: NamedDependency[Operator],
    last_event_id: Annotated[str, HeaderParameter(name="Last-Event-ID", pattern=EVENT_ID)] = "",
    start_after: Annotated[str, QueryParameter(name="last_event_id", pattern=EVENT_ID)] = "",
) -> ServerSentEvent:
    await services.store_ping()
    after = last_event_id or start_after or None
    messages = event_messages(
        feed=services.feed,
        after=after,
        stopping=services.stopping,
        may_see=lambda activity: operator.sees(activity.channel),
        may_go_on=lambda: is_still_valid(services, operator),
    )
    return ServerSentEvent(messages)


async def _always() -> bool:
    return True


async def event_messages(
    *,
    feed: ActivityFeed,
    after: str | None,
    stopping: asyncio.Event,
    ping_seconds: float = PING_SECONDS,
    may_see: Callable[[Activity], bool] = lambda _: True,
    may_go_on: Callable[[], Awaitable[bool]] = _always,
) -> AsyncIterator[ServerSentEventMessage]:
    """The stream. It ends when the process stops or the store is away; the client then reconnects by itself.

    `may_go_on` is asked each `ping_seconds`: it ends the stream of an operator who was revoked.
    """
    activities = feed.follow(after=after)
    stopped = asyncio.ensure_future(stopping.wait())
    upcoming = asyncio.ensure_future(anext(activities, None))
    check_at = time.monotonic() + ping_seconds
    try:
        yield ServerSentEventMessage(retry=RECONNECT_MILLISECONDS, data=None)
        while True:
            await asyncio.wait({upcoming, stopped}, timeout=ping_seconds, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                return
            if time.monotonic() >= check_at:
                if not await may_go_on():
                    return
                check_at = time.monotonic() + ping_seconds
            if not upcoming.done():
                yield PING
                continue
            if (item := upcoming.result()) is None:
                return
            event_id, activity = item
            if may_see(activity):
                yield ServerSentEventMessage(id=event_id, data=msgspec.json.encode(activity))
            upcoming = asyncio.ensure_future(anext(activities, None))
    except StoreUnavailableError:
        return
    finally:
        upcoming.cancel()
        stopped.cancel()
