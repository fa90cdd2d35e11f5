"""Poison messages become dead letters with all their data, while the conversation goes on. Operators replay them."""

import json
import time
from collections.abc import Mapping

from support.model_server import Says, ScriptedModel
from support.phone import ADMIN, dead_letters, post
from support.polling import eventually
from support.service import Service, StartService, trunkline, write_config
from support.simulator import ANA
from support.strict_graph import StrictGraph
from support.whatsapp_messages import Json, text_message
from support.whatsapp_webhooks import contact, webhook

NOW = int(time.time())
FIRST_PART, SECOND_PART = "one " * 1000, "two " * 900
WHERE = "/v1/dead-letters"


def asks(text: str, *, wamid: str, at: int = NOW) -> bytes:
    return webhook(text_message(text, sender=ANA, wamid=wamid, at=at), contacts=[contact(phone=ANA)])


async def letters_of(service: Service, count: int) -> list[Json]:
    async def found() -> list[Json] | None:
        letters = await dead_letters(service)
        return letters if len(letters) == count else None

    return await eventually(found, seconds=20)


async def over_http(service: Service, method: str, path: str) -> Json | None:
    answer = await service.http.request(method, f"{service.url}{WHERE}/{path}", headers=ADMIN)
    answer.raise_for_status()
    return answer.json() if answer.content else None


async def on_the_command_line(service: Service, *arguments: str) -> str:
    done = await trunkline("dead-letters", *arguments, "--config-dir", str(service.config_dir))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


async def test_an_unknown_agent_ends_in_one_apology_and_is_replayed_once_there_is_one(
    graph: StrictGraph, start_service: StartService, store_url: str, agents_url: str
) -> None:
    """The command line lists and shows it. After the fix and a restart, the agent answers the message."""
    service = await start_service(api_url=graph.url, default_agent="no-such-assistant")
    for number in (1, 2):
        await post(service, asks(f"question {number}", wamid=f"wamid.{number}", at=NOW + number))
        await letters_of(service, number)
    listed = json.loads(await on_the_command_line(service, "list", "--json"))
    shown = await on_the_command_line(service, "show", listed[0]["id"])

    keys: Mapping[str, str] = {"graph_url": graph.url, "store": store_url, "agents_url": agents_url}
    write_config(service.config_dir, **keys)
    await service.restart()
    replayed = await on_the_command_line(service, "replay", listed[0]["id"])
    discarded = await on_the_command_line(service, "discard", listed[1]["id"])
    await eventually(lambda: len(graph.sent) == 3)
    await post(service, asks("and now?", wamid="wamid.3", at=NOW + 3))
    await eventually(lambda: len(graph.sent) == 4)

    assert [letter["messages"][0]["text"] for letter in listed] == ["question 1", "question 2"]
    assert listed[0]["reason"].startswith("agent no-such-assistant: unknown_agent: HTTP 404")
    for line in (
        f"reason: {listed[0]['reason']}",
        "attempts: 1",
        "  > question 1",
        "reply (failed):",
        "  sent     Sorry",
    ):
        assert f"\n{line}" in shown
    assert (replayed, discarded) == (f"replayed {listed[0]['id']}\n", f"discarded {listed[1]['id']}\n")
    assert [response.startswith("Sorry") for response in graph.sent_texts[:2]] == [True, True]
    assert graph.sent_texts[2:] == ["You said: question 1", "You said: and now?"]
    assert await dead_letters(service) == []


async def test_a_message_that_always_fails_does_not_block_the_next(
    graph: StrictGraph, start_service: StartService, model: ScriptedModel
) -> None:
    """Two attempts and one apology. Later messages are answered after it. After the fix it is replayed over HTTP."""
    model.script["poison"] = Says(text="\ud83d")  # the agent's server cannot encode it: 500
    service = await start_service(api_url=graph.url)
    await post(service, asks("poison", wamid="wamid.poison"))
    await eventually(lambda: model.queries.count("poison"))
    await post(service, asks("still there?", wamid="wamid.next", at=NOW + 1))
    (letter,) = await letters_of(service, 1)
    await eventually(lambda: len(graph.sent) == 2)

    model.script["poison"] = Says(text="an antidote")
    assert await over_http(service, "GET", letter["id"]) == letter
    await over_http(service, "POST", f"{letter['id']}/replay")
    await eventually(lambda: len(graph.sent) == 3)

    assert graph.sent_texts[0].startswith("Sorry")
    assert graph.sent_texts[1:] == ["You said: still there?", "an antidote"]
    assert (letter["attempts"], letter["reason"]) == (2, "agent whatsapp-assistant: crashed: HTTP 500")
    assert letter["reply"] == {"outcome": "failed", "parts": [graph.sent_texts[0]], "reason": letter["reason"]}
    assert (letter["sent"], letter["unconfirmed"]) == (["wamid.sent.1"], False)
    assert await dead_letters(service) == []


async def _refused_in_the_middle(graph: StrictGraph, service: Service, model: ScriptedModel) -> Json:
    """A dead letter of two parts: the first was sent, and Meta refused the second."""
    model.script["tell me all"] = Says(text=f"{FIRST_PART}\n\n{SECOND_PART}")
    graph.refused.add("two")
    await post(service, asks("tell me all", wamid="wamid.all"))
    (letter,) = await letters_of(service, 1)
    return letter


async def test_a_replay_sends_only_the_missing_part(
    graph: StrictGraph, start_service: StartService, model: ScriptedModel
) -> None:
    """The person has the first part already. The agent does not run again."""
    service = await start_service(api_url=graph.url)
    letter = await _refused_in_the_middle(graph, service, model)
    shown = await on_the_command_line(service, "show", letter["id"])
    await post(service, asks("and?", wamid="wamid.and", at=NOW + 1))
    await eventually(lambda: len(graph.sent) == 2)
    asked = len(model.requests)

    graph.refused.clear()
    await over_http(service, "POST", f"{letter['id']}/replay")
    await eventually(lambda: len(graph.sent) == 3)

    one, two = (part.strip() for part in (FIRST_PART, SECOND_PART))
    assert graph.sent_texts == [one, "You said: and?", two]
    assert len(model.requests) == asked
    assert (letter["reply"]["outcome"], letter["reply"]["parts"], letter["sent"]) == (
        "answered",
        [one, two],
        ["wamid.sent.1"],
    )
    assert letter["reason"].startswith("send: final (HTTP 400, code 131026: Message undeliverable")
    assert letter["messages"] == [{"id": "wamid.all", "content": "text", "text": "tell me all", "sent_at": float(NOW)}]
    assert (letter["channel"], letter["user"], letter["attempts"]) == ("whatsapp", ANA, 1)
    assert abs(letter["at"] - time.time()) < 60
    assert "\n  sent     one" in shown
    assert "\n  missing  two" in shown
    assert await dead_letters(service) == []


async def test_a_failed_replay_is_a_dead_letter_with_its_progress(
    graph: StrictGraph, start_service: StartService, model: ScriptedModel
) -> None:
    """Nothing is sent twice, and the next replay continues from there."""
    service = await start_service(api_url=graph.url)
    letter = await _refused_in_the_middle(graph, service, model)

    await over_http(service, "POST", f"{letter['id']}/replay")
    (again,) = await eventually(lambda: _another(service, letter))

    assert len(graph.sent) == 1
    assert {**again, "id": letter["id"], "at": letter["at"]} == letter


async def _another(service: Service, letter: Json) -> list[Json] | None:
    letters = await dead_letters(service)
    return letters if letters and letters[0]["id"] != letter["id"] else None


async def test_a_discarded_letter_is_gone(
    graph: StrictGraph, start_service: StartService, model: ScriptedModel
) -> None:
    """It can be neither sent nor shown nor replayed. The conversation goes on."""
    service = await start_service(api_url=graph.url)
    letter = await _refused_in_the_middle(graph, service, model)
    graph.refused.clear()

    await over_http(service, "DELETE", letter["id"])
    await post(service, asks("afterwards", wamid="wamid.afterwards", at=NOW + 1))
    await eventually(lambda: len(graph.sent) == 2)
    gone = [
        await service.http.request(method, f"{service.url}{WHERE}/{path}", headers=ADMIN)
        for method, path in (("GET", letter["id"]), ("POST", f"{letter['id']}/replay"), ("DELETE", letter["id"]))
    ]

    assert [answer.status_code for answer in gone] == [404, 404, 404]
    assert graph.sent_texts[1:] == ["You said: afterwards"]


async def test_an_unknown_id(start_service: StartService) -> None:
    """404 over HTTP, and one sentence on the command line."""
    service = await start_service(role="web")
    ids = ["0", "0.", "0.1", "0.1-", "1.1-1", "-1.1-1", "0.1-1-1", "0.\u0663-1", "x" * 5000, "0.%00"]

    answers = [
        await service.http.request(method, f"{service.url}{WHERE}/{letter_id}{more}", headers=ADMIN)
        for method, more in (("GET", ""), ("POST", "/replay"), ("DELETE", ""))
        for letter_id in ids
    ]
    done = await trunkline("dead-letters", "show", "--config-dir", str(service.config_dir), "--", "-1.1-1")

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert (done.returncode, done.stderr) == (1, "Error: there is no dead letter -1.1-1\n")
