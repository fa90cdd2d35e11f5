"""Records in the store that another version or an operator wrote."""

import time

import pytest
from redis.asyncio import Redis

from adapters.redis.keys import Keys
from support.phone import ADMIN, dead_letters, post
from support.polling import eventually
from support.service import Service, StartService, trunkline
from support.simulator import ANA
from support.strict_graph import StrictGraph
from support.whatsapp_messages import Json, text_message
from support.whatsapp_webhooks import webhook

NOW = int(time.time())
MAIL = Keys().of(0, f"mail:whatsapp:{ANA}")
DEAD = Keys().of(0, "dead")
REASON = "the stored turn cannot be read (ClassValidationError)"


async def rewrite(store_url: str, old: str, new: str) -> None:
    """Change the only waiting message."""
    async with Redis.from_url(store_url, decode_responses=True) as store:
        ((member, score),) = await store.zrange(MAIL, 0, -1, withscores=True)
        assert old in member
        await store.zrem(MAIL, member)
        await store.zadd(MAIL, {member.replace(old, new): score})


async def two_messages_of_which_one_is_from_the_future(
    start: StartService, store_url: str, graph: StrictGraph
) -> Service:
    """The first has a content of a later version. The second comes when the turn of the first has begun."""
    service = await start(role="web", api_url=graph.url)
    await post(service, webhook(text_message("a hologram", sender=ANA, wamid="wamid.1", at=NOW)))
    await rewrite(store_url, '"type":"Text"', '"type":"Hologram"')
    worker = await start(role="worker", api_url=graph.url)
    await eventually(lambda: dead_letters(service))
    await post(service, webhook(text_message("hello?", sender=ANA, wamid="wamid.2", at=NOW + 1)))
    await eventually(lambda: graph.sent_texts)
    assert "Traceback" not in worker.log
    return service


async def test_an_unreadable_turn_becomes_a_dead_letter_at_once(
    graph: StrictGraph, start_service: StartService, store_url: str
) -> None:
    """Before it looks like a crash loop. It is shown as it is stored, and the next message is answered."""
    service = await two_messages_of_which_one_is_from_the_future(start_service, store_url, graph)

    (letter,) = await dead_letters(service)

    assert graph.sent_texts == ["You said: hello?"]
    assert (letter["channel"], letter["user"], letter["reason"]) == ("whatsapp", ANA, REASON)
    assert "a hologram" in letter["raw"]
    assert (letter["messages"], letter["reply"], letter["sent"]) == ([], None, [])


async def test_an_unreadable_dead_letter_waits_for_its_version(
    graph: StrictGraph, start_service: StartService, store_url: str
) -> None:
    """HTTP and the command line show it, refuse to replay it with a reason, and can discard it."""
    service = await two_messages_of_which_one_is_from_the_future(start_service, store_url, graph)
    (letter,) = await dead_letters(service)
    path, where = f"{service.url}/v1/dead-letters/{letter['id']}", ("--config-dir", str(service.config_dir))

    answer = await service.http.post(f"{path}/replay", headers=ADMIN)
    done = await trunkline("dead-letters", "replay", letter["id"], *where)
    shown = await trunkline("dead-letters", "show", letter["id"], *where)
    kept = await dead_letters(service)
    await service.http.delete(path, headers=ADMIN)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:trunkline:problem:unreadable-dead-letter")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "this version cannot read" in done.stderr
    assert f"reason: {REASON}" in shown.stdout
    assert "a hologram" in shown.stdout
    assert kept == [letter]
    assert await dead_letters(service) == []


BROKEN: list[dict[str, str]] = [
    {"a": "b"},
    {"conversation": f"whatsapp:{ANA}", "reason": "no turn"},
    {"conversation": f"whatsapp:{ANA}", "reason": "no JSON", "turn": "]"},
    {"conversation": f"whatsapp:{ANA}", "reason": "no fields", "turn": "{}"},
    {"conversation": f"whatsapp:{ANA}", "reason": "a list", "turn": '["id"]'},
    {"conversation": f"whatsapp:{ANA}", "reason": "numbers", "turn": '{"id":1}'},
    {"conversation": "nobody", "reason": "no conversation", "turn": '{"id":"1-0","messages":"[]"}'},
    {"conversation": f"whatsapp:{ANA}", "reason": "no messages", "turn": '{"id":"1-0","messages":"[]"}'},
    {"conversation": f"whatsapp:{ANA}", "reason": "deep", "turn": "[" * 100_000},
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.get("reason", "nothing"))
async def test_a_broken_dead_letter_hides_no_other(
    graph: StrictGraph, start_service: StartService, store_url: str, broken: dict[str, str]
) -> None:
    """It is in the list, with the readable rest of its data."""
    graph.refused.add("You said")
    service = await start_service(api_url=graph.url)
    await post(service, webhook(text_message("one", sender=ANA, wamid="wamid.1", at=NOW)))
    await eventually(lambda: dead_letters(service))
    async with Redis.from_url(store_url) as store:
        await store.xadd(DEAD, broken)  # type: ignore[arg-type]
    await post(service, webhook(text_message("two", sender=ANA, wamid="wamid.2", at=NOW)))
    letters: list[Json] = await eventually(lambda: _three(service))

    texts = [[message["text"] for message in letter["messages"]] for letter in letters]
    assert texts == [["one"], [], ["two"]]
    assert letters[1]["raw"] == broken.get("turn", "")
    assert letters[1]["reason"] == broken.get("reason", "")
    shown = await service.http.get(f"{service.url}/v1/dead-letters/{letters[1]['id']}", headers=ADMIN)
    assert shown.json() == letters[1]


async def _three(service: Service) -> list[Json] | None:
    letters = await dead_letters(service)
    return letters if len(letters) == 3 else None
