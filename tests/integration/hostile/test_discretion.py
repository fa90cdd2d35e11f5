"""What people wrote, and secrets, stay out of logs, events, metrics, reasons and responses."""

import json
import time

import pytest

from support.phone import ADMIN, dead_letters, post
from support.polling import eventually
from support.service import CREDENTIALS, Service, StartService
from support.simulator import ACCESS_TOKEN, VERIFY_TOKEN
from support.strict_graph import StrictGraph
from support.whatsapp_messages import message, text_message
from support.whatsapp_webhooks import change, contact, entry, envelope, sign, status, webhook

NOW = int(time.time())
SAID = "Canary-Said"
NUMBER = "15554030001"
NAME = "Canary-Name"
SECRETS = [value for key, value in CREDENTIALS.items() if key != "WHATSAPP_PHONE_NUMBER_ID"]


def webhooks() -> list[bytes]:
    """Webhooks with a marked text in every field that may hold text of a person."""
    people = [contact(NAME, phone=NUMBER)]

    def text(wamid: str) -> dict[str, object]:
        return text_message(f"{SAID} {wamid}", sender=NUMBER, wamid=wamid, at=NOW)

    return [
        webhook(text("wamid.canary.1"), contacts=people),
        webhook(message("image", {"caption": SAID, "id": SAID}, sender=NUMBER, wamid="wamid.canary.2", at=NOW)),
        webhook(message("reaction", {"emoji": SAID}, sender=NUMBER, wamid="wamid.canary.3", at=NOW)),
        webhook({**text("wamid.canary.4"), "timestamp": SAID}, contacts=people),
        webhook({**text("wamid.canary.5"), "from": SAID}, contacts=people),
        webhook({**text("wamid.canary.6"), "text": SAID}, contacts=[SAID, {"profile": SAID}]),
        webhook(number=SAID, text={"body": SAID}, contacts=people),
        envelope(entry(change(field="message_echoes", messages=[text("wamid.canary.7")]))),
        json.dumps({"object": "whatsapp_business_account", "entry": SAID}).encode(),
        json.dumps({"object": "whatsapp_business_account", "entry": [SAID, {"changes": SAID}]}).encode(),
        SAID.encode(),
        f'{{"object": "{SAID}'.encode(),
    ]


async def everything_refused(service: Service) -> list[str]:
    """Requests with right and wrong secrets in the wrong places. Returns the responses."""
    body = webhook(text_message(SAID))
    url, http = service.webhook_url, service.http
    genuine = sign(body, CREDENTIALS["WHATSAPP_APP_SECRET"])["x-hub-signature-256"]
    wrong = {"hub.mode": "subscribe", "hub.verify_token": f"{VERIFY_TOKEN}x", "hub.challenge": SAID}
    operators = f"{service.url}/v1/dead-letters"
    answers = [
        await http.post(url, content=body),
        await http.post(url, content=body + b" ", headers={"x-hub-signature-256": genuine}),
        await http.post(f"{url}x", content=body, headers={"x-hub-signature-256": genuine}),
        await http.get(url, params=wrong),
        await http.get(url, params={**wrong, "hub.mode": VERIFY_TOKEN}),
        await http.get(operators, headers={"authorization": f"Basic {ADMIN['Authorization'].split()[1]}"}),
        await http.get(operators, params={"limit": SAID}, headers=ADMIN),
        await http.get(f"{operators}/{VERIFY_TOKEN}x", headers={"authorization": f"Bearer {SAID}"}),
        *[await post(service, body) for body in webhooks()],
    ]
    replies = [answer.text.replace(f'"instance":"{answer.request.url.path}"', "") for answer in answers]
    assert all(answer.status_code < 500 for answer in answers)
    return replies


async def events(service: Service, *, until: str) -> str:
    """All events up to one of this kind."""
    heard = ""
    url = f"{service.url}/v1/channels/events"
    async with service.http.stream("GET", url, params={"last_event_id": "0-0"}, headers=ADMIN) as stream:
        async for line in stream.aiter_lines():
            heard += f"{line}\n"
            if f'"kind":"{until}"' in line:
                return heard
    raise AssertionError("the stream ended")


@pytest.mark.parametrize(
    ("agent", "answer"), [("whatsapp-assistant", f"You said: {SAID} wamid.canary.1"), ("no-such-assistant", "Sorry")]
)
async def test_no_secret_and_no_private_text_gets_out(
    graph: StrictGraph, start_service: StartService, agent: str, answer: str
) -> None:
    """Also when Meta refuses and repeats all it got, and when the agent fails."""
    graph.refused.add(answer)
    graph.why = f"Refused: {answer}, said with {ACCESS_TOKEN}"
    service = await start_service(api_url=graph.url, default_agent=agent)
    outcome = [{"code": 131026, "title": "Undeliverable", "error_data": {"details": "Receiver is incapable"}}]

    replies = await everything_refused(service)
    await post(service, webhook(statuses=[status("failed", errors=outcome)]))
    letters = await eventually(lambda: dead_letters(service))
    outputs = {
        "replies": "".join(replies),
        "metrics": (await service.http.get(f"{service.url}/metrics")).text,
        "events": await events(service, until="failed"),
        "reasons": "".join(f"{letter['reason']} {(letter['reply'] or {}).get('reason')}" for letter in letters),
    }
    await service.close()
    outputs["log"] = service.log

    assert [where for where, words in outputs.items() if any(secret in words for secret in SECRETS)] == []
    assert [where for where, words in outputs.items() if NAME in words] == []
    assert [where for where, words in outputs.items() if NUMBER in words] == ["events"]
    assert [where for where, words in outputs.items() if f"{SAID} wamid" in words] == []
    assert SAID not in outputs["log"] + outputs["metrics"] + outputs["replies"]
    assert all(
        SAID in found["text"] for letter in letters for found in letter["messages"] if found["content"] == "text"
    )
    assert "Traceback" not in outputs["log"]
