"""Guide, "POST Webhook (Incoming Messages)"."""

import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from support.graph_server import GraphServer, graph_server
from support.model_server import Says, ScriptedModel
from support.phone import Phone, post
from support.polling import eventually
from support.recorded_agents import RecordedAgents, Run, recorded_agents
from support.service import PHONE_NUMBER_ID, Service, StartService
from support.simulator import ACCESS_TOKEN, APP_SECRET
from support.whatsapp_webhooks import sign

APOLOGY = "Sorry, something went wrong on our side"


@pytest.fixture
async def agents() -> AsyncIterator[RecordedAgents]:
    async with recorded_agents() as agents:
        yield agents


@pytest.fixture
async def graph() -> AsyncIterator[GraphServer]:
    """Name it before `start_service` in a test: it must end after the service has closed its connections."""
    async with graph_server() as graph:
        yield graph


async def test_what_a_user_sends_is_answered(phone: Phone) -> None:
    """ "When a user sends a message, Meta sends POST /v1/channels/whatsapp/webhook with a JSON payload"."""
    answer = await phone.ask("Do you deliver on Sundays?")

    assert answer == "You said: Do you deliver on Sundays?"


async def test_the_signature_covers_the_raw_body(guide_service: Service, phone: Phone) -> None:
    """ "HMAC-SHA256(app_secret, raw_body)": over the bytes as they arrived, which no JSON encoder would write again."""
    parsed = json.loads(phone.text("caf\u00e9 @ 5/6?", wamid="wamid.raw"))
    body = json.dumps(parsed, indent=3).replace("/", "\\/").replace("@", "\\u0040").encode()

    answer = await post(guide_service, body)

    assert answer.status_code == 200
    assert await phone.next_after(0) == "You said: café @ 5/6?"


async def test_the_header_carries_the_signature(guide_service: Service, phone: Phone) -> None:
    """ "The X-Hub-Signature-256 header contains sha256=<signature>": any other value is refused."""
    body = phone.text("who am I?", wamid="wamid.header")
    digest = sign(body, APP_SECRET)["x-hub-signature-256"].removeprefix("sha256=")
    forged = {
        "nothing": {},
        "no prefix": {"x-hub-signature-256": digest},
        "another algorithm": {"x-hub-signature-256": f"sha1={digest}"},
        "an older header": {"x-hub-signature": f"sha256={digest}"},
        "letters that are none": {"x-hub-signature-256": b"sha256=\xff\xfe"},
        "too short": {"x-hub-signature-256": f"sha256={digest[:-1]}"},
    }

    answers = {
        name: (await guide_service.http.post(guide_service.webhook_url, content=body, headers=headers)).status_code
        for name, headers in forged.items()
    }

    assert answers == dict.fromkeys(forged, 403)


async def test_a_wrong_signature_is_rejected(guide_service: Service, phone: Phone, model: ScriptedModel) -> None:
    """ "If the signature does not match, the request is rejected with 403", and no agent runs."""
    genuine, altered = phone.text("pay Ana", wamid="wamid.pay"), phone.text("pay Eve", wamid="wamid.pay")

    answer = await post(guide_service, altered, secret=None, **sign(genuine, APP_SECRET))
    await post(guide_service, phone.text("afterwards", wamid="wamid.after"))
    await eventually(phone.heard)

    assert answer.status_code == 403
    assert await phone.heard() == ["You said: afterwards"]
    assert "pay Eve" not in json.dumps(model.requests)


async def test_sender_and_text_are_extracted(guide_service: Service, phone: Phone, other_phone: Phone) -> None:
    """ "parse_webhook(payload) extracts the sender phone number and message text": each answer goes to who asked."""
    for sender, text in ((phone, "I am the first"), (other_phone, "I am the second")):
        await post(guide_service, sender.text(text, wamid=f"wamid.{sender.number}"))

    assert await phone.next_after(0) == "You said: I am the first"
    assert await other_phone.next_after(0) == "You said: I am the second"


async def test_the_agent_gets_text_and_session(
    agents: RecordedAgents, start_service: StartService, own_phone: Phone
) -> None:
    """ "AgentRuntime.run(agent_name, message_text, session_id=phone_number)", once for a message."""
    service = await start_service(agents=agents.url)

    await post(service, own_phone.text("Hello there", wamid="wamid.run"))
    await own_phone.next_after(0)

    (run,) = agents.runs
    assert (run.agent, run.query, run.session_id) == ("whatsapp-assistant", "Hello there", own_phone.number)
    assert (run.origen, run.context["sender_phone"]) == ("humano", own_phone.number)
    ours = {
        "channel": "whatsapp",
        "user": own_phone.number,
        "contact_name": "Ana",
        "message_ids": ["wamid.run"],
        "turn_id": run.context["turn_id"],
        "channel_type": "whatsapp",
        "channel_limits": run.context["channel_limits"],
    }
    assert ours.items() <= run.context.items()


async def test_the_answer_goes_out_through_the_graph_api(
    graph: GraphServer, start_service: StartService, own_phone: Phone
) -> None:
    """ "send_message(phone_number, response_text) sends the result back via the Meta Graph API": right to the token."""
    service = await start_service(api_url=graph.url)

    await post(service, own_phone.text("ping", wamid="wamid.graph"))
    sent = await eventually(lambda: [asked for asked in graph.requests if asked.body.get("type") == "text"])

    assert sent[0].path == f"/v25.0/{PHONE_NUMBER_ID}/messages"
    assert sent[0].headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert sent[0].body["messaging_product"] == "whatsapp"
    assert sent[0].body["to"] == f"+{own_phone.number}"
    assert sent[0].body["text"]["body"] == "You said: ping"


async def test_the_guides_api_version_can_be_configured(
    graph: GraphServer, start_service: StartService, own_phone: Phone
) -> None:
    """ "POST graph.facebook.com/v21.0/{phone_id}/messages": as long as Meta serves it."""
    service = await start_service(api_url=graph.url, api_version="v21.0")

    await post(service, own_phone.text("ping", wamid="wamid.v21"))
    await eventually(lambda: graph.requests)

    assert {asked.path for asked in graph.requests} == {f"/v21.0/{PHONE_NUMBER_ID}/messages"}


async def test_200_comes_before_the_agent_has_run(
    agents: RecordedAgents, start_service: StartService, own_phone: Phone
) -> None:
    """ "The agent is executed in a background task: the route returns 200 to Meta immediately"."""
    agents.free.clear()
    service = await start_service(agents=agents.url)

    answer = await post(service, own_phone.text("take your time", wamid="wamid.background"))
    runs: list[Run] = await eventually(lambda: agents.runs)
    said_meanwhile = await own_phone.heard()
    agents.free.set()

    assert (answer.status_code, len(runs), said_meanwhile) == (200, 1, [])
    assert await own_phone.next_after(0) == "Noted."


async def test_200_comes_well_within_five_seconds(
    guide_service: Service, phone: Phone, other_phone: Phone, model: ScriptedModel
) -> None:
    """ "Meta requires a response within 5 seconds, but agent execution can take much longer"."""
    model.script["a hard question"] = Says(text="42", delay_seconds=8)
    await post(guide_service, phone.text("a hard question", wamid="wamid.hard"))
    await eventually(lambda: model.queries.count("a hard question"))

    began = time.perf_counter()
    bodies = [other_phone.text("more", wamid=f"wamid.within.{number}") for number in range(10)]
    answers = [await post(guide_service, body) for body in bodies]
    took = time.perf_counter() - began

    assert {answer.status_code for answer in answers} == {200}
    assert took < 5
    assert await phone.heard() == []


async def test_a_failing_agent_ends_in_a_generic_message(start_service: StartService, own_phone: Phone) -> None:
    """ "If the agent execution fails, a generic error message is sent to the user": nothing internal in it."""
    await start_service(default_agent="no-such-assistant")

    answer = await own_phone.ask("hello?")

    assert answer.startswith(APOLOGY)
    assert not any(word in answer for word in ("no-such-assistant", "404", "agent"))


async def test_a_body_that_is_no_json_is_refused(guide_service: Service) -> None:
    """ "A JSON payload": with a valid signature over something else, the answer is 400, and no internal error."""
    answer: httpx.Response = await post(guide_service, b"hello=world")

    assert answer.status_code == 400
