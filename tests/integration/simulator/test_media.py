"""Files at Meta: their addresses, their limits, and the faults of uploads and downloads."""

import pytest

from support.polling import eventually
from support.simulator import FakeBusiness, RunningSimulator


@pytest.fixture
async def photo(meta: RunningSimulator, business: FakeBusiness) -> dict:
    """The photo that a person sent, as the webhook gets it."""
    await meta.write_message(type="image")
    await eventually(business.messages)
    return dict(business.messages()[0]["image"])


async def test_an_address_expires(meta: RunningSimulator, photo: dict) -> None:
    """After the time that the control says. The id then gives a new address."""
    await meta.control(media_url_seconds=0)
    expired = (await meta.http.get(f"/v25.0/{photo['id']}")).json()["url"]
    await meta.control()
    new = (await meta.http.get(f"/v25.0/{photo['id']}")).json()["url"]

    assert (await meta.http.get(expired)).status_code == 404
    assert (await meta.http.get(new)).status_code == 200


async def test_the_bytes_are_for_the_token_only(meta: RunningSimulator, photo: dict) -> None:
    """A download without the token gets 401."""
    assert (await meta.http.get(photo["url"], headers={"Authorization": ""})).status_code == 401


async def test_a_deleted_file_is_gone(meta: RunningSimulator, photo: dict) -> None:
    """A deleted file has no id and no address. It cannot be deleted again."""
    deleted = await meta.http.delete(f"/v25.0/{photo['id']}")

    assert deleted.json() == {"success": True}
    assert (await meta.http.get(photo["url"])).status_code == 404
    assert (await meta.http.get(f"/v25.0/{photo['id']}")).json()["error"]["error_subcode"] == 33
    assert (await meta.http.delete(f"/v25.0/{photo['id']}")).status_code == 400


async def test_the_next_downloads_fail(meta: RunningSimulator, photo: dict) -> None:
    """As many as the control says."""
    await meta.control(fail_downloads=2)

    answers = [await meta.http.get(photo["url"]) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 200]


@pytest.mark.parametrize("mime_type", ["image/jpeg", "image/webp"])
async def test_what_is_too_large_for_its_kind_is_not_taken(meta: RunningSimulator, mime_type: str) -> None:
    """Photos and stickers have their own limits."""
    files = {"file": ("x", bytes(5 * 1024 * 1024 + 1), mime_type)}

    answer = await meta.http.post(f"{meta.number_url}/media", data={"messaging_product": "whatsapp"}, files=files)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


async def test_a_form_without_a_file_is_refused(meta: RunningSimulator) -> None:
    """A missing field gets the code 131008."""
    files = {"file": ("x", b"x", "image/png")}

    answers = [
        await meta.http.post(f"{meta.number_url}/media", files=files),
        await meta.http.post(f"{meta.number_url}/media", data={"messaging_product": "whatsapp"}, files={"other": b"x"}),
    ]

    assert [answer.json()["error"]["code"] for answer in answers] == [131008, 131008]


@pytest.mark.parametrize("mime_type", ["application/octet-stream", "application/zip", "text/csv", "image/gif"])
async def test_what_is_on_no_list_is_not_taken(meta: RunningSimulator, mime_type: str) -> None:
    """A file of another type is refused, even as a document."""
    error = await refused_upload(meta, mime_type)

    assert error["code"] == 100
    assert f"Received '{mime_type}'" in error["error_data"]["details"]


@pytest.mark.parametrize("code", [190, 131053, 131000])
async def test_the_next_uploads_fail(meta: RunningSimulator, code: int) -> None:
    """The control says how many uploads fail, and with which code."""
    await meta.control(fail_uploads=1, fail_uploads_code=code)

    assert (await refused_upload(meta, "image/png"))["code"] == code
    assert await meta.upload(b"x", "image/png")


async def test_opus_by_its_bare_name_is_taken_and_refused_later(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The message is accepted, and a status reports the failure."""
    media_id = await meta.upload(b"OggS", "audio/opus")
    await meta.write("Hello")

    assert (await meta.send_content("audio", {"id": media_id})).is_success

    (status,) = await eventually(business.statuses)
    assert status["errors"][0]["code"] == 131053


async def test_an_uploads_id_expires(meta: RunningSimulator) -> None:
    """The id of an upload cannot be sent after 30 days, or after the time that the control says."""
    media_id = await meta.upload(b"x", "image/png")
    sendable = await meta.send_content("image", {"id": media_id})
    await meta.control(uploads_seconds=0)

    expired = await meta.send_content("image", {"id": media_id})

    assert (sendable.status_code, expired.status_code) == (200, 400)
    assert expired.json()["error"]["code"] == 100


@pytest.mark.parametrize(("header", "number", "code"), [("Bearer other", None, 190), (None, "42", 100)])
async def test_an_upload_is_for_who_may(
    meta: RunningSimulator, header: str | None, number: str | None, code: int
) -> None:
    """An upload needs the token and the right number."""
    url = f"/v25.0/{number}/media" if number else f"{meta.number_url}/media"
    files = {"file": ("x", b"x", "image/png")}
    headers = {"Authorization": header} if header else {}

    answer = await meta.http.post(url, data={"messaging_product": "whatsapp"}, files=files, headers=headers)

    assert answer.json()["error"]["code"] == code


async def refused_upload(meta: RunningSimulator, mime_type: str) -> dict:
    files = {"file": ("x", b"x", mime_type)}
    answer = await meta.http.post(f"{meta.number_url}/media", data={"messaging_product": "whatsapp"}, files=files)
    assert not answer.is_success
    return dict(answer.json()["error"])
