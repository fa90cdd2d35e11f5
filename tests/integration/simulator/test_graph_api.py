"""The Graph API, as a business calls it."""

import hashlib

import pytest
from attrs import evolve

from simulator.state.business import Person
from simulator.state.media import KINDS
from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator


async def test_a_send_is_accepted_and_shown(meta: RunningSimulator) -> None:
    """The answer has the input, the number and a new id. The phone shows the text, and `sent` has it."""
    answer = await meta.send("Hello", biz_opaque_callback_data="turn/0")

    wamid = answer.json()["messages"][0]["id"]
    assert answer.json()["messaging_product"] == "whatsapp"
    assert answer.json()["contacts"] == [{"input": f"+{ANA}", "wa_id": ANA}]
    assert (await meta.message(wamid))["body"] == "Hello"
    sent = (await meta.http.get("/control/sent")).json()
    assert [(one["wamid"], one["to"], one["body"], one["reference"]) for one in sent] == [
        (wamid, ANA, "Hello", "turn/0")
    ]


async def test_a_user_id_reaches_the_same_phone(meta: RunningSimulator) -> None:
    """The answer to a send to a user id has no number."""
    user_id = Person(number=ANA, name="Ana").user_id
    message = {"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "Hello"}}

    answer = await meta.http.post(f"{meta.number_url}/messages", json=message)

    assert answer.json()["contacts"] == [{"input": user_id, "user_id": user_id}]
    assert [one["body"] for one in await meta.thread()] == ["Hello"]


@pytest.mark.parametrize("token", ["Bearer wrong", "Bearer", "", "Basic fake-access-token", "Bearer \xff"])
async def test_a_wrong_token_is_refused(meta: RunningSimulator, token: str) -> None:
    """Any other token gets 401 with Meta's code 190."""
    answer = await meta.http.post(
        f"{meta.number_url}/messages", json={}, headers={"Authorization": token.encode("latin-1")}
    )

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 190


async def test_a_wrong_number_is_refused(meta: RunningSimulator) -> None:
    """400 with code 100 and subcode 33."""
    answer = await meta.http.post("/v25.0/999/messages", json={})

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (100, 33)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
async def test_what_is_no_request_is_refused(meta: RunningSimulator, body: bytes) -> None:
    """Broken JSON gets an error body of the Graph API, too."""
    answer = await meta.http.post(f"{meta.number_url}/messages", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 100


async def test_a_refused_send_leaves_no_trace(meta: RunningSimulator) -> None:
    """An invalid message is neither shown nor recorded."""
    answer = await meta.send("x" * 4097)

    assert answer.status_code == 400
    assert await meta.thread() == []
    assert (await meta.http.get("/control/sent")).json() == []


async def test_reading_turns_earlier_messages_blue(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A read receipt covers the messages before it, and none after it."""
    first, second, third = [await meta.write(text) for text in "abc"]

    async def delivered() -> bool:
        return {message["status"] for message in await meta.thread()} == {"delivered"}

    await eventually(delivered)
    answer = await meta.acknowledge(second)

    assert answer.json() == {"success": True}
    ticks = {message["id"]: message["status"] for message in await meta.thread()}
    assert ticks == {first: "read", second: "read", third: "delivered"}


async def test_typing_shows_until_the_reply(meta: RunningSimulator) -> None:
    """The indicator comes with a receipt and vanishes with the answer."""

    async def typing() -> bool:
        people = (await meta.http.get("/phone")).json()["people"]
        return bool(next(person["typing"] for person in people if person["number"] == ANA))

    await meta.acknowledge(await meta.write("Hi"), typing=True)
    shown = await typing()
    await meta.send("Hello")

    assert shown
    assert not await typing()


async def test_typing_ends_by_itself(meta: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a reply, the indicator ends after some time."""
    monkeypatch.setattr("simulator.state.phones.TYPING_SECONDS", 0.05)
    await meta.acknowledge(await meta.write("Hi"), typing=True)

    await eventually(lambda: not meta.simulator.phones[ANA].typing)


async def test_only_known_messages_can_be_read(meta: RunningSimulator) -> None:
    """A receipt for an unknown id is refused."""
    answer = await meta.acknowledge("wamid.unknown")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 100


async def test_the_number_tells_about_itself(meta: RunningSimulator) -> None:
    """The data of the number, which `trunkline doctor` reads."""
    answer = await meta.http.get(meta.number_url)

    assert answer.json() == {
        "id": "100000000000001",
        "display_phone_number": "+15550001111",
        "verified_name": "Trunkline",
        "quality_rating": "GREEN",
    }


async def test_media_go_up_and_down(meta: RunningSimulator) -> None:
    """Upload, lookup and download need the token."""
    files = {"file": ("cat.png", b"not really a cat", "image/png")}
    upload = await meta.http.post(f"{meta.number_url}/media", data={"messaging_product": "whatsapp"}, files=files)
    media_id = upload.json()["id"]

    found = (await meta.http.get(f"/v25.0/{media_id}")).json()
    content = await meta.http.get(found["url"])
    without = await meta.http.get(found["url"], headers={"Authorization": ""})

    assert (found["mime_type"], found["file_size"]) == ("image/png", "16")
    assert found["sha256"] == hashlib.sha256(b"not really a cat").hexdigest()
    assert (content.content, content.headers["content-type"]) == (b"not really a cat", "image/png")
    assert without.status_code == 401


async def test_large_media_are_refused(meta: RunningSimulator) -> None:
    """Memory is bounded."""
    files = {"file": ("film.mp4", bytes(KINDS["video"][1] + 1), "video/mp4")}

    answer = await meta.http.post(f"{meta.number_url}/media", data={"messaging_product": "whatsapp"}, files=files)

    assert answer.status_code == 400


async def test_unknown_media_are_unknown(meta: RunningSimulator) -> None:
    """Subcode 33, as for any unknown object."""
    answer = await meta.http.get("/v25.0/123456")

    assert answer.json()["error"]["error_subcode"] == 33


async def test_an_unsigned_business_gets_unsigned_webhooks(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Without an app secret there is nothing to sign with."""
    meta.simulator.business = evolve(meta.simulator.business, app_secret="")

    await meta.write("Hi")

    await eventually(lambda: business.forged == 1)
