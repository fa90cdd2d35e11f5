"""Characters of all kinds on their whole way: webhook, store, agent, Graph API."""

import json
import time

import pytest

from integration.hostile.conftest import Target
from support.graph_server import GraphServer, accepted, graph_server, refusal, success
from support.model_server import Says, ScriptedModel
from support.phone import dead_letters, post
from support.polling import eventually
from support.service import StartService
from support.simulator import ANA
from support.whatsapp_messages import text_message
from support.whatsapp_texts import shown
from support.whatsapp_webhooks import sign, webhook

NOW = int(time.time())
LETTERS = {
    "emoji": "👋🏽 👨‍👩‍👧‍👦 🇪🇪🇸🇪 ❤️",
    "half an emoji": "before \\ud83d after",
    "the other half": "before \\udc4b after",
    "halves the wrong way round": "\\udc4b\\ud83d",
    "an emoji in escapes": "\\ud83d\\udc4b",
    "a null": "a\\u0000b",
    "control characters": "a\\u0001\\u0007\\u001b[31m\\u007f\\u0085b",
    "from right to left": "שלום \\u202eabc\\u202c مرحبا",
    "marks upon marks": "Z̷̢̛̛͖a̵͉͑l̶̰̈́g̵̞̈o" + "\\u0301" * 50,
    "no characters": "\\ufffe\\uffff\\ud83f\\udfff",
    "the last one": "\\udbff\\udfff",
    "nobody's": "\\ue000\\uf8ff",
    "none to see": "a\\u200b\\u2060\\ufeff\\u00adb",
    "lines of other kinds": "a\\u2028b\\u2029c\\u000bd\\u000ce\\u0085f\\r\\ng",
    "quotes and slashes": "\\\" ' \\\\ \\/ ` ${WHATSAPP_APP_SECRET} {user} %s %00 <script>",
    "commands": "*3\\r\\n$3\\r\\nSET\\r\\n' or 1=1 --",
    "old letters": "ǅ İ \\u017f \\ufb00 ß ẞ \\u2126 \\u212b",
    "far letters": "𐍈 𒀀 \\ud835\\udd18 你好 こんにちは 안녕 नमस्ते",
}


@pytest.mark.parametrize("name", LETTERS)
async def test_any_letters_arrive_and_are_answered(target: Target, name: str) -> None:
    """Only a lone surrogate, which no encoding can represent, becomes a question mark."""
    phone = await target.phone()
    written = LETTERS[name]
    body = webhook(text_message("TEXT", sender=phone.number, wamid=f"wamid.{phone.number}", at=NOW))
    body = body.replace(b"TEXT", written.encode())

    answer = await post(target.service, body)
    await phone.next_after(0)

    asked = json.loads(f'"{written}"').encode("utf-8", "replace").decode().strip()
    assert answer.status_code == 200
    assert await phone.heard() == shown(f"You said: {asked}")


async def test_letters_that_the_agents_server_cannot_encode_end_in_an_apology(
    target: Target, model: ScriptedModel
) -> None:
    """It cannot encode a lone surrogate. The person gets one apology."""
    phone = await target.phone()
    model.script[f"half for {phone.number}"] = Says(text="half: \ud83d")

    answer = await phone.ask(f"half for {phone.number}", seconds=15)
    again = await phone.ask("and now?")

    assert answer.startswith("Sorry")
    assert again == "You said: and now?"
    assert len(await phone.heard()) == 2


async def test_odd_letters_in_metas_responses_do_no_harm(start_service: StartService) -> None:
    """Lone surrogates in the id of a message, which is recorded, and in an error, which becomes a reason."""
    async with graph_server() as graph:
        graph.script.extend([success(), accepted("wamid.\ud83d"), success(), refusal(131026, message="no \ud83d")])
        service = await start_service(api_url=graph.url)

        await post(service, webhook(text_message("first", sender=ANA, wamid="wamid.meta.1", at=NOW)))
        await eventually(lambda: _texts(graph) == 1)
        await post(service, webhook(text_message("second", sender=ANA, wamid="wamid.meta.2", at=NOW)))
        (letter,) = await eventually(lambda: dead_letters(service))

        assert _texts(graph) == 2
        assert letter["reason"] == "send: final (HTTP 400, code 131026: no ?; fbtrace_id AbCdEf)"
        assert "Traceback" not in service.log
        await service.close()


def _texts(graph: GraphServer) -> int:
    return sum("text" in request.body for request in graph.requests)


@pytest.mark.parametrize("name", ["x-hub-signature-256", "content-type", "user-agent"])
async def test_letters_in_headers_are_bytes(target: Target, name: str) -> None:
    """In a wrong signature, and in unused headers."""
    body = webhook(text_message(wamid="wamid.headers"))
    signature = {key: value.encode() for key, value in sign(body, "another-secret").items()}

    headers = {**signature, name: "sha256=ä\U0001f511".encode() + b"\xff\x80"}
    answer = await target.service.http.post(target.service.webhook_url, content=body, headers=headers)

    assert answer.status_code == 403
