"""A bot's updates are fetched, and confirmed with the next fetch."""

import asyncio
import json

import pytest

from adapters.telegram.api import BotApi
from adapters.telegram.updates import TelegramUpdates
from application.ports.update_source import FetchFailedError
from support.graph_server import Answer, unused_address
from support.telegram import TOKEN, BotApiServer, message, ok, refusal, update


@pytest.fixture
def updates(api: BotApi) -> TelegramUpdates:
    return TelegramUpdates(api=api, channel="telegram", types=("message", "callback_query"))


async def test_each_update_comes_as_a_webhook_would_bring_it(updates: TelegramUpdates, server: BotApiServer) -> None:
    """In their order. The next fetch goes on after the last one."""
    bodies = (update(7, message=message(text="One")), update(9, message=message(number=8, text="Two \ud83d")))
    server.people_write(*bodies)

    fetched = await updates.fetch(after="", wait_seconds=1)

    assert tuple(map(json.loads, fetched.bodies)) == tuple(map(json.loads, bodies))
    assert fetched.position == "9"
    assert server.calls[0].fields == {"timeout": 1, "limit": 100, "allowed_updates": ["message", "callback_query"]}


async def test_a_fetch_confirms_what_came_before_its_position(updates: TelegramUpdates, server: BotApiServer) -> None:
    """Nothing else: after a fetch without a position, everything still waits."""
    server.people_write(update(7, message=message()), update(8, message=message(number=8)))

    await updates.fetch(after="", wait_seconds=1)
    fetched = await updates.fetch(after="7", wait_seconds=1)

    assert [json.loads(body)["update_id"] for body in fetched.bodies] == [8]


async def test_waits_for_the_first_update(updates: TelegramUpdates, server: BotApiServer) -> None:
    """A fetch that got nothing has confirmed all, so it leads to no position."""
    nothing = await updates.fetch(after="41", wait_seconds=0)
    waiting = asyncio.create_task(updates.fetch(after=nothing.position, wait_seconds=30))
    while server.fetches < 2:
        await asyncio.sleep(0.01)
    server.people_write(update(3, message=message()))

    assert (nothing.bodies, nothing.position) == ((), "")
    assert (await waiting).position == "3"


@pytest.mark.parametrize(
    ("answer", "words", "fix"),
    [
        (refusal(401, "Unauthorized"), "does not accept the bot token", "@BotFather"),
        (refusal(404, "Not Found"), "does not accept the bot token", "@BotFather"),
        (
            refusal(409, "Conflict: can't use getUpdates method while webhook is active"),
            "a webhook is registered",
            "trunkline channels unregister telegram",
        ),
        (refusal(409, "Conflict: terminated by other getUpdates request"), "another program", "stop it"),
        (refusal(429, "Too Many Requests: retry after 7", retry_after=7), "HTTP 429", ""),
        (Answer(b"<html>Bad gateway</html>", 502, "text/html"), "HTTP 502", ""),
        (ok([{"message": {}}]), "have no ids", ""),
    ],
    ids=["401", "404", "webhook", "another poller", "429", "502", "no ids"],
)
async def test_a_refusal_says_what_to_do(
    updates: TelegramUpdates, server: BotApiServer, answer: Answer, words: str, fix: str
) -> None:
    """What passes by itself needs nothing. The token is in no error."""
    server.script.append(answer)

    with pytest.raises(FetchFailedError, match=words) as raised:
        await updates.fetch(after="", wait_seconds=1)

    assert fix in raised.value.fix
    assert bool(raised.value.fix) is bool(fix)
    assert raised.value.retry_after_seconds == (7 if "429" in words else 0)
    assert TOKEN not in str(raised.value)


async def test_without_a_connection_it_fails(api: BotApi) -> None:
    """As when the network is away."""
    away = TelegramUpdates(
        api=BotApi(client=api.client, api_url=unused_address(), bot_token=TOKEN), channel="telegram", types=()
    )

    with pytest.raises(FetchFailedError, match="no connection"):
        await away.fetch(after="", wait_seconds=1)
