"""Names of people and messages that could be mistaken for something else."""

import time

from redis.asyncio import Redis

from adapters.redis.keys import Keys
from domain.conversations.reply import PartReference
from domain.people.person import id_of
from support.phone import dead_letters, post
from support.polling import eventually
from support.service import StartService
from support.strict_graph import StrictGraph
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import status, webhook

NOW = int(time.time())
NAMES = [
    "whatsapp:15550001111",
    "a:b",
    ":",
    "a/b",
    "7-0/0/whatsapp:15550001111",
    "../../etc/passwd",
    "{1}",
    "}:turn:x",
    "with space",
    " padded ",
    "line\nfeed",
    "tab\tand\x00null",
    "*",
    "[a-z]?",
    "%00%2F",
    "x" * 256,
    "😀" * 256,
    "\u202eright to left",
    "é",
    "e\u0301",
    "K",
    "\u212a",
    "null",
    "-1",
    "1e5",
    "${HOME}",
    "{user}",
]


async def test_people_of_any_name_are_kept_apart(
    graph: StrictGraph, start_service: StartService, store_url: str
) -> None:
    """Each is answered by name, the reference names the right person, and no work is left in the store."""
    service = await start_service(api_url=graph.url)
    messages = [
        text_message(f"I am {at}", sender=None, from_user_id=name, wamid=f"wamid.{at}", at=NOW)
        for at, name in enumerate(NAMES)
    ]

    answer = await post(service, webhook(*messages))
    await eventually(lambda: len(graph.sent) == len(NAMES), seconds=20)

    assert answer.status_code == 200
    response = {request.body["recipient"]: request.body["text"]["body"] for request in graph.sent}
    assert response == {name: f"You said: I am {at}" for at, name in enumerate(NAMES)}
    for request in graph.sent:
        reference = PartReference.parse(request.body["biz_opaque_callback_data"])
        assert reference.conversation.user == id_of(request.body["recipient"])
    await eventually(lambda: _only_the_queue_is_left(store_url))
    assert await dead_letters(service) == []


async def _only_the_queue_is_left(store_url: str) -> bool:
    async with Redis.from_url(store_url) as store:
        keys = [key.decode().split(":")[2] async for key in store.scan_iter(f"{Keys().prefix}:{{0}}:*")]
    lasting = {"ready", "arrivals", "seen", "state", "admitted", "transcript", "conversations", "usage"}
    return set(keys) == lasting


async def test_messages_with_any_id_are_recognised(graph: StrictGraph, start_service: StartService) -> None:
    """Each is answered once, however often it is delivered, and none is taken for another."""
    service = await start_service(api_url=graph.url, rate_limit=False)
    bodies = [
        webhook(text_message(f"message {at}", wamid=name, at=NOW + at, sender=f"15554020{at:03}"))
        for at, name in enumerate(NAMES)
    ]

    replies = {(await post(service, body)).status_code for body in bodies * 3}
    await eventually(lambda: len(graph.sent) >= len(NAMES), seconds=20)
    await post(service, webhook(text_message("the end", wamid="wamid.end", at=NOW + 100)))
    await eventually(lambda: "You said: the end" in graph.sent_texts)

    assert replies == {200}
    assert sorted(graph.sent_texts) == sorted(
        ["You said: the end", *(f"You said: message {at}" for at in range(len(NAMES)))]
    )


async def test_foreign_references_confirm_nothing(graph: StrictGraph, start_service: StartService) -> None:
    """A status may echo anything. It is answered 200, and the conversation goes on."""
    service = await start_service(api_url=graph.url)
    odd = [*NAMES, "a/b/c", "1-0/-1/whatsapp:1", "1-0/9999999999999999999999/whatsapp:1", "1-0/0/:", "x" * 100_000]
    echoes = [status(wamid=f"wamid.{at}", reference=name) for at, name in enumerate(odd)]

    answer = await post(service, webhook(text_message("hello", at=NOW), statuses=echoes))
    await eventually(lambda: graph.sent_texts)

    assert answer.status_code == 200
    assert graph.sent_texts == ["You said: hello"]
