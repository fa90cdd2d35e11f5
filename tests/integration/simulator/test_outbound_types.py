"""The types of message that a business can send, and their delivery."""

import pytest

from simulator.state.samples import sample
from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

CARD = {"name": {"formatted_name": "Carla Moreno", "first_name": "Carla"}, "phones": [{"phone": "+15550006666"}]}
BODY = {"text": "Please choose"}
CONTENTS = {
    "text": {"body": "Hello", "preview_url": False},
    "location": {"latitude": "37.4", "longitude": "-122.1", "name": "Office"},
    "contacts": [CARD],
    "template": {"name": "hello_again", "language": {"code": "en_US"}},
}
INTERACTIVE = {
    "button": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Yes"}}]},
    "list": {"button": "Times", "sections": [{"title": "Today", "rows": [{"id": "1", "title": "9:00"}]}]},
    "cta_url": {"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://shop.example/"}},
    "flow": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book"}},
    "location_request_message": {"name": "send_location"},
    "request_contact_info": {"name": "request_contact_info"},
}


async def accepted(meta: RunningSimulator, kind: str, content: object, **fields: object) -> str:
    answer = await meta.send_content(kind, content, **fields)
    assert answer.json()["contacts"] == [{"input": f"+{ANA}", "wa_id": ANA}]
    return str(answer.json()["messages"][0]["id"])


async def ended(meta: RunningSimulator, wamid: str) -> dict:
    """Wait until the message is delivered or failed. Returns it."""

    async def settled() -> bool:
        return (await meta.message(wamid))["status"] in ("delivered", "failed")

    await eventually(settled)
    return await meta.message(wamid)


@pytest.mark.parametrize("kind", sorted(CONTENTS))
async def test_each_type_is_shown(meta: RunningSimulator, kind: str) -> None:
    """The thread and `sent` have the content as it was sent."""
    wamid = await accepted(meta, kind, CONTENTS[kind])

    shown = await ended(meta, wamid)
    [sent] = (await meta.http.get("/control/sent")).json()
    assert (shown["status"], shown["type"], shown["content"]) == ("delivered", kind, CONTENTS[kind])
    assert (sent["wamid"], sent["type"], sent["content"]) == (wamid, kind, CONTENTS[kind])


@pytest.mark.parametrize("kind", sorted(INTERACTIVE))
async def test_each_question_is_shown(meta: RunningSimulator, kind: str) -> None:
    """The body is the line for the list of chats."""
    content = {"type": kind, "body": BODY, "action": INTERACTIVE[kind]}

    shown = await meta.message(await accepted(meta, "interactive", content))

    assert (shown["body"], shown["content"]) == ("Please choose", content)


@pytest.mark.parametrize("kind", ["audio", "document", "image", "sticker", "video"])
async def test_uploaded_files_are_shown(meta: RunningSimulator, kind: str) -> None:
    """An upload is sent by its id. The page gets the file without a token."""
    file = sample(kind)
    media_id = await meta.upload(file.content, file.mime_type)

    shown = await ended(meta, await accepted(meta, kind, {"id": media_id}))

    assert (shown["status"], shown["media_id"]) == ("delivered", media_id)
    page = await meta.http.get(f"/phone/files/{media_id}", headers={"Authorization": ""})
    assert (page.content, page.headers["content-type"].split(";")[0]) == (
        file.content,
        file.mime_type.split(";")[0],
    )


async def test_linked_files_are_fetched(meta: RunningSimulator) -> None:
    """The file is fetched from its link, and kept."""
    file = sample("image")
    media_id = await meta.upload(file.content, file.mime_type)

    wamid = await accepted(meta, "image", {"link": f"{meta.url}/phone/files/{media_id}", "caption": "Our shop"})

    shown = await ended(meta, wamid)
    assert (shown["status"], shown["body"]) == ("delivered", "Our shop")
    assert (await meta.http.get(f"/phone/files/{shown['media_id']}")).content == file.content


@pytest.mark.parametrize("path", ["phone/files/0", "phone"])
async def test_a_bad_link_fails_afterwards(meta: RunningSimulator, business: FakeBusiness, path: str) -> None:
    """A missing file or one of the wrong type is accepted with 200, and a status reports the failure."""
    wamid = await accepted(meta, "image", {"link": f"{meta.url}/{path}"})

    await eventually(business.statuses)
    assert (await ended(meta, wamid))["status"] == "failed"
    assert business.statuses()[0]["errors"][0]["code"] == 131053


async def test_links_can_be_left_alone(meta: RunningSimulator) -> None:
    """With `fetch_links` off, no file is fetched and nothing fails."""
    await meta.control(fetch_links=False, status_delay_seconds=0)

    shown = await ended(meta, await accepted(meta, "image", {"link": "https://shop.example/tea.jpg"}))

    assert (shown["status"], shown["media_id"]) == ("delivered", None)


async def test_the_wrong_kind_of_file_fails_afterwards(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A photo cannot be sent as a sticker."""
    media_id = await meta.upload(sample("image").content, "image/jpeg")

    await accepted(meta, "sticker", {"id": media_id})

    await eventually(business.statuses)
    assert [status["status"] for status in business.statuses()] == ["failed"]
    assert business.statuses()[0]["errors"][0]["code"] == 131053


async def test_an_unknown_file_is_refused(meta: RunningSimulator) -> None:
    """An unknown id is refused at once."""
    answer = await meta.send_content("image", {"id": "123"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


async def test_a_reaction_is_set_and_removed(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The message of the person shows the reaction. The only status is "sent"."""
    await meta.control(status_delay_seconds=0)
    message_id = await meta.write("Hi")
    await accepted(meta, "reaction", {"message_id": message_id, "emoji": "👋"})
    put = (await meta.message(message_id))["reactions"]

    await accepted(meta, "reaction", {"message_id": message_id, "emoji": ""})

    assert put == {"business": "👋"}
    assert (await meta.message(message_id))["reactions"] == {}
    await eventually(lambda: [status["status"] for status in business.statuses()] == ["sent", "sent"])
    assert await meta.answers() == []


async def test_a_reaction_to_nothing_fails_afterwards(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A status reports the code 131009."""
    await accepted(meta, "reaction", {"message_id": "wamid.unknown", "emoji": "👋"})

    await eventually(business.statuses)
    assert business.statuses()[0]["errors"][0]["code"] == 131009


async def test_a_reply_quotes(meta: RunningSimulator) -> None:
    """The thread has the id of the quoted message."""
    message_id = await meta.write("Hi")

    wamid = await accepted(meta, "text", {"body": "Hello"}, context={"message_id": message_id})

    assert (await meta.message(wamid))["reply_to"] == message_id


async def test_a_voice_note_is_played(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Playing a voice note has its own status."""
    await meta.control(status_delay_seconds=0)
    media_id = await meta.upload(sample("voice").content, "audio/ogg")
    wamid = await accepted(meta, "audio", {"id": media_id, "voice": True})
    await ended(meta, wamid)

    await meta.http.post(f"/phone/{ANA}/plays", json={"message_id": wamid})

    await eventually(lambda: [status["status"] for status in business.statuses()] == ["sent", "delivered", "played"])


async def test_templates_are_looked_up_once_there_are_some(meta: RunningSimulator) -> None:
    """A template is found by name and language, and has as many parameters as placeholders."""
    (await meta.http.put("/control/templates/hi", json={"body": "Hi {{1}}"})).raise_for_status()
    name = {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}
    known = {"name": "hi", "language": {"code": "en_US"}}

    answers = [
        await meta.send_content("template", content)
        for content in (
            known | {"components": [name]},
            known,
            known | {"name": "bye"},
            known | {"language": {"code": "de"}, "components": [name]},
        )
    ]

    assert [answer.status_code for answer in answers] == [200, 400, 404, 404]
    assert [answer.json()["error"]["code"] for answer in answers[1:]] == [132000, 132001, 132001]
    assert await meta.answers() == ["Hi Ana"]
