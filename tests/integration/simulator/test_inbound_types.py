"""The webhook calls for each type of message that a person can send."""

import base64
import hashlib

import httpx
import pytest

from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

BUSINESS_PHONE = "15550001111"


@pytest.mark.parametrize(
    ("kind", "type_", "mime_type", "more"),
    [
        ("image", "image", "image/jpeg", {"caption": "Look"}),
        ("video", "video", "video/mp4", {"caption": "Look"}),
        ("voice", "audio", "audio/ogg; codecs=opus", {"voice": True}),
        ("audio", "audio", "audio/ogg; codecs=opus", {"voice": False}),
        ("document", "document", "application/pdf", {"caption": "Look", "filename": "document.pdf"}),
        ("sticker", "sticker", "image/webp", {"animated": False}),
    ],
)
async def test_media(
    meta: RunningSimulator, business: FakeBusiness, *, kind: str, type_: str, mime_type: str, more: dict
) -> None:
    """The content has id, type, digest in base64 and an address. The file is there, for callers with the token."""
    await meta.write_message(type=kind, content={"caption": "Look"})

    message = await business.received()
    content = message[type_]
    file = (await meta.http.get(content["url"])).content
    assert message["type"] == type_
    assert content == {
        "id": content["id"],
        "mime_type": mime_type,
        "sha256": base64.b64encode(hashlib.sha256(file).digest()).decode(),
        "url": content["url"],
        **more,
    }


async def test_a_file_of_ones_own(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The file is uploaded to the phone first. The answer names the kind of message that suits it."""
    files = {"file": ("list.txt", b"tea, milk", "text/plain")}
    added = (await meta.http.post(f"/phone/{ANA}/files", files=files)).json()

    await meta.write_message(type=added["kind"], content={"media_id": added["id"]})

    document = (await business.received())["document"]
    assert (document["id"], document["filename"], document["mime_type"]) == (added["id"], "list.txt", "text/plain")
    assert (await meta.http.get(document["url"])).content == b"tea, milk"


async def test_location(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The degrees are numbers."""
    await meta.write_message(type="location", content={"latitude": 12.5, "longitude": -43.9, "name": "Pier"})

    assert (await business.received())["location"] == {"latitude": 12.5, "longitude": -43.9, "name": "Pier"}


async def test_contacts(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The content is a list of cards, each with the parts of the name."""
    await meta.write_message(type="contacts", content={"name": "Carla Moreno", "phone": "+15550006666"})

    assert (await business.received())["contacts"] == [
        {
            "name": {"formatted_name": "Carla Moreno", "first_name": "Carla", "last_name": "Moreno"},
            "phones": [{"phone": "+15550006666", "wa_id": "15550006666", "type": "CELL"}],
        }
    ]


async def test_order(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The content has a catalogue, a text, and items with numbers."""
    await meta.write_message(type="order", content={"text": "Soon, please"})

    order = (await business.received())["order"]
    assert order["text"] == "Soon, please"
    assert set(order["product_items"][0]) == {"product_retailer_id", "quantity", "item_price", "currency"}


async def test_unsupported(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The message has the unsupported kind and an error."""
    await meta.write_message(type="unsupported", content={"kind": "gif"})

    message = await business.received()
    assert (message["type"], message["unsupported"]) == ("unsupported", {"type": "gif"})
    assert message["errors"][0]["code"] == 131051


async def test_broken(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The message has a type and no content. The error is beside the messages."""
    await meta.write_message(type="broken")

    message = await business.received()
    assert message["type"] == "interactive"
    assert "interactive" not in message
    assert business.values()[0]["errors"][0]["code"] == 131000


@pytest.mark.parametrize(
    ("forwarded", "context"), [(True, {"forwarded": True}), ("frequently", {"frequently_forwarded": True})]
)
async def test_forwarded(meta: RunningSimulator, business: FakeBusiness, forwarded: object, context: dict) -> None:
    """The context has only the flag."""
    await meta.write_message(text="Have you seen this?", forwarded=forwarded)

    assert (await business.received())["context"] == context


@pytest.mark.parametrize(("product", "retailer_id"), [(True, "tea-100"), ("mug-7", "mug-7")])
async def test_about_a_product(
    meta: RunningSimulator, business: FakeBusiness, *, product: object, retailer_id: str
) -> None:
    """The product is in the context, with the id of a message of the catalogue."""
    await meta.write_message(text="Is it green?", product=product)

    message = await business.received()
    about = {"catalog_id": "300000000000003", "product_retailer_id": retailer_id}
    assert message["text"] == {"body": "Is it green?"}
    assert message["context"] == {"from": BUSINESS_PHONE, "id": message["context"]["id"], "referred_product": about}


async def test_a_reply_about_a_product(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The context names the message that it replies to."""
    offered = (await meta.send("We have tea-100")).json()["messages"][0]["id"]

    await meta.write_message(text="Is it green?", product=True, reply_to=offered)

    context = (await business.received())["context"]
    assert (context["id"], context["referred_product"]["product_retailer_id"]) == (offered, "tea-100")


async def test_from_an_ad(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The referral is beside the text."""
    await meta.write_message(text="Is it still available?", referral=True)

    message = await business.received()
    assert message["text"] == {"body": "Is it still available?"}
    assert (message["referral"]["source_type"], message["referral"]["headline"]) == ("ad", "Tea for two")


async def test_somebody_answers_in_the_business_app(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The echo has its own webhook field. The person sees a message of the business."""
    message_id = await meta.act("human", text="Let me take over")

    await eventually(business.changes)
    [change] = business.changes()
    [echo] = change["value"]["message_echoes"]
    assert change["field"] == "smb_message_echoes"
    assert (echo["from"], echo["to"], echo["id"]) == (BUSINESS_PHONE, ANA, message_id)
    assert (echo["type"], echo["text"]) == ("text", {"body": "Let me take over"})
    assert await meta.answers() == ["Let me take over"]


async def test_a_late_message_has_an_old_time(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The time of a message is when it was written, not when it was sent."""
    await meta.write_message(text="From the tunnel", age_seconds=3600)
    await meta.write("Now")

    late, fresh = int((await business.received(1))["timestamp"]), int((await business.received(2))["timestamp"])
    assert 3595 <= fresh - late <= 3605


@pytest.mark.parametrize(
    ("action", "details"),
    [
        ("messages", {"type": "carrier pigeon"}),
        ("messages", {"type": "call_permission", "content": {"response": "perhaps"}}),
        ("messages", {"type": "image", "content": {"media_id": "unknown"}}),
        ("messages", {"text": "Hi", "reply_to": "wamid.unknown"}),
        ("taps", {"message_id": "wamid.unknown", "choice": "tea"}),
        ("edits", {"message_id": "wamid.unknown", "text": "Hi"}),
        ("number", {"number": "15550003333"}),
    ],
)
async def test_impossible_actions_are_refused(
    meta: RunningSimulator, business: FakeBusiness, action: str, details: dict
) -> None:
    """The action is refused, and the webhook is not called."""
    answer = await meta.http.post(f"/phone/{ANA}/{action}", json=details)

    assert answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND)
    assert (await meta.thread(), business.calls) == ([], [])
