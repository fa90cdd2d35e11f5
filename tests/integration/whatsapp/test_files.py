"""Files that an agent gives as content: uploaded to Meta, and sent from there."""

import base64
from typing import Any

import pytest

from simulator.state.samples import sample
from support.installation import Installation
from support.model_server import Says, ScriptedModel
from support.operators import Operators, block
from support.phone import Phone
from support.polling import eventually

type Json = dict[str, Any]

KINDS = ["image", "video", "audio", "voice", "document", "sticker"]
TOLD = "There should be a file here, but it could not be sent."


def whole(kind: str, **more: object) -> Json:
    """The sample of that kind, as an agent gives it."""
    file = sample(kind)
    data = base64.b64encode(file.content).decode()
    return {"type": kind, "data": data, "mime_type": file.mime_type, **more}


PICTURE = whole("image", caption="Look")


async def ask(phone: Phone, model: ScriptedModel, agent_text: str) -> str:
    """Make the agent answer with this. Returns the question."""
    question = f"show {phone.number}"
    model.script[question] = Says(text=agent_text)
    await phone.write(question)
    return question


async def shown(phone: Phone, *, count: int = 1) -> list[Json]:
    async def all_of_them() -> list[Json]:
        bubbles = await phone.got()
        return bubbles if len(bubbles) >= count else []

    return await eventually(all_of_them)


async def bytes_of(phone: Phone, bubble: Json) -> bytes:
    """The bytes of the file on the page."""
    return (await phone.meta.http.get(f"/phone/files/{bubble['media_id']}")).raise_for_status().content


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_of_file_arrives(phone: Phone, model: ScriptedModel, kind: str) -> None:
    """The same bytes, sent by Meta's id. A document has a name."""
    await ask(phone, model, block(whole(kind)))

    [bubble] = await shown(phone)

    besides = {"voice": {"voice": True}, "document": {"filename": "document.pdf"}}
    content = {"id": bubble["media_id"]} | besides.get(kind, {})
    assert (bubble["type"], bubble["content"]) == ("audio" if kind == "voice" else kind, content)
    assert await bytes_of(phone, bubble) == sample(kind).content

    async def delivered() -> bool:
        return (await phone.got())[0]["status"] == "delivered"

    await eventually(delivered)


async def test_caption_and_name_come_with_it(phone: Phone, model: ScriptedModel) -> None:
    """Text before and after it keeps its place."""
    document = whole("document", caption="Your **bill**", filename="bill.pdf", reply_to=True)
    await ask(phone, model, f"Here it is.\n{block(document)}Anything else?")

    before, bubble, after = await shown(phone, count=3)

    assert (before["body"], after["body"]) == ("Here it is.", "Anything else?")
    assert bubble["content"] == {"id": bubble["media_id"], "caption": "Your *bill*", "filename": "bill.pdf"}
    assert bubble["reply_to"]


async def test_a_table_in_plain_text_arrives_under_its_name(phone: Phone, model: ScriptedModel) -> None:
    """Meta does not accept CSV, but the person sees a CSV file."""
    table = {"type": "document", "data": base64.b64encode(b"a,b\n1,2\n").decode(), "mime_type": "text/csv"}
    await ask(phone, model, block(table | {"filename": "prices.csv"}))

    [bubble] = await shown(phone)

    assert bubble["content"]["filename"] == "prices.csv"
    assert await bytes_of(phone, bubble) == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": base64.b64encode(bytes(5 * 1024 * 1024 + 1)).decode()}, "5242881 bytes are too many"),
        ({"mime_type": "image/gif"}, "image/gif is no format for this kind of file: image"),
    ],
    ids=["too large", "wrong type"],
)
async def test_a_file_that_whatsapp_refuses_is_reported(
    phone: Phone, model: ScriptedModel, operators: Operators, change: Json, reason: str
) -> None:
    """The person gets the caption and a note about the file. Nothing is uploaded."""
    await ask(phone, model, block(PICTURE | change))

    [bubble] = await shown(phone)

    assert (bubble["type"], bubble["body"]) == ("text", f"Look\n{TOLD}")
    assert reason in (await operators.event("answered", of=phone.number))["detail"]["reason"]


@pytest.mark.parametrize("data", ["not base 64!", base64.b64encode(sample("image").content).decode()[:-3]])
async def test_an_invalid_file_is_not_shown(
    phone: Phone, model: ScriptedModel, operators: Operators, data: str
) -> None:
    """Like every broken block. Its caption is sent."""
    await ask(phone, model, f"Hello.\n{block(PICTURE | {'data': data})}")

    [bubble] = await shown(phone)

    assert (bubble["type"], bubble["body"]) == ("text", "Hello.\n\nLook")
    reason = (await operators.event("answered", of=phone.number))["detail"]["reason"]
    assert reason == "data is not base 64"


async def test_an_answer_cut_off_within_a_file_shows_nothing_of_it(phone: Phone, model: ScriptedModel) -> None:
    """A model may stop in the middle of an answer."""
    await ask(phone, model, f"Hello.\n{block(PICTURE)[:5000]}")

    [bubble] = await shown(phone)

    assert bubble["body"] == "Hello."


async def test_a_retry_succeeds_after_an_error_at_meta(phone: Phone, model: ScriptedModel) -> None:
    """The upload is tried again, and the agent is asked once."""
    await phone.meta.control(fail_uploads=2, fail_uploads_code=131016, status_delay_seconds=0)
    question = await ask(phone, model, block(PICTURE))

    [bubble] = await shown(phone)

    assert (bubble["type"], bubble["body"]) == ("image", "Look")
    assert model.queries.count(question) == 1


@pytest.mark.parametrize(("code", "times"), [(131053, 1), (100, 1), (131016, 3)])
async def test_a_file_that_meta_refuses_is_reported(
    phone: Phone, model: ScriptedModel, operators: Operators, code: int, times: int
) -> None:
    """After a refusal or too many errors, the person gets text, and the agent is not asked again."""
    await phone.meta.control(fail_uploads=times, fail_uploads_code=code, status_delay_seconds=0)
    question = await ask(phone, model, block(PICTURE, {"text": "Nice?"}))

    [bubble] = await shown(phone)

    assert bubble["body"] == f"Look\n{TOLD}\n\nNice?"
    assert model.queries.count(question) == 1
    assert f"code {code}" in (await operators.event("answered", of=phone.number))["detail"]["reason"]


async def test_a_file_refused_later(phone: Phone, model: ScriptedModel, operators: Operators) -> None:
    """Meta accepts the file and reports later that it cannot be shown. The person gets a text that it is missing."""
    trouble = {"fail_later": 1, "fail_later_code": 131053, "statuses_twice": True}
    await phone.meta.control(**trouble, status_delay_seconds=0)
    await ask(phone, model, block(whole("image")))

    await operators.event("initiated", of=phone.number)
    bubbles = await shown(phone, count=2)

    assert [(bubble["type"], bubble["body"]) for bubble in bubbles] == [("image", "[image]"), ("text", TOLD)]


async def test_an_expired_id_is_unavailable(phone: Phone, model: ScriptedModel, operators: Operators) -> None:
    """As when a dead letter is replayed a month later. The person gets a text that a file is missing."""
    await phone.meta.control(uploads_seconds=0, status_delay_seconds=0)
    await ask(phone, model, block(PICTURE))

    answered = await operators.event("answered", of=phone.number)

    assert answered["detail"]["reason"] == "part 0 replaced: part_refused"
    assert [bubble["type"] for bubble in await phone.got()] == ["text"]


async def test_an_expired_token_opens_the_circuit_breaker_and_loses_nothing(
    other_installation: Installation, model: ScriptedModel
) -> None:
    """Nothing is sent in the meantime. Then the agent is asked once more, and the file arrives."""
    phone = Phone(meta=other_installation.meta, number="15553000001")
    operators = Operators(other_installation.service)
    await phone.meta.control(fail_uploads=1, fail_uploads_code=190, status_delay_seconds=0)
    question = await ask(phone, model, block(PICTURE))
    await operators.event("retried", of=phone.number, error="code 190")
    said_meanwhile = await phone.got()

    await operators.close_circuit_breaker()

    [bubble] = await shown(phone)
    assert said_meanwhile == []
    assert await bytes_of(phone, bubble) == sample("image").content
    assert model.queries.count(question) == 2


async def test_an_operator_sends_a_file(phone: Phone, operators: Operators) -> None:
    """And gets an error at once for a file that Meta refuses."""
    await phone.ask("Hello")
    refused = await operators.write(PICTURE | {"mime_type": "image/gif"}, key=f"a{phone.number}", to=phone.number)
    taken = await operators.write(PICTURE, key=f"b{phone.number}", to=phone.number)

    _, bubble = await shown(phone, count=2)

    assert (refused.status_code, refused.json()["type"]) == (502, "urn:trunkline:problem:file-rejected")
    assert "image/gif is no format" in refused.json()["reason"]
    assert taken.status_code == 202
    assert await bytes_of(phone, bubble) == sample("image").content
