"""Everything a person can send from the page, in a real browser."""

import json

import pytest
from playwright.async_api import Page, expect

from support.browser import type_message
from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator


async def attach(page: Page, item: str) -> None:
    """Choose something in the menu beside the text."""
    await page.get_by_role("button", name="Attach").click()
    await page.get_by_role("button", name=item, exact=True).click()


@pytest.mark.parametrize(
    ("item", "kind", "shown"),
    [
        ("Photo", "image", "img[alt='Photo']"),
        ("Video", "video", "video"),
        ("Voice note", "audio", "audio[aria-label='Voice note']"),
        ("Audio", "audio", "audio[aria-label='Audio']"),
        ("Document", "document", "a.card[download='document.pdf']"),
        ("Sticker", "sticker", "img.sticker"),
        ("Order", "order", ".card"),
        ("Poll (not supported)", "unsupported", ".aside"),
        ("Message without content (broken)", "interactive", ".words"),
        ("Allow calls", "interactive", ".words"),
        ("Do not allow calls", "interactive", ".words"),
        ("Change of security code", "system", ".aside"),
    ],
)
async def test_one_click_sends(page: Page, business: FakeBusiness, *, item: str, kind: str, shown: str) -> None:
    """A message that needs no dialog is sent at once, and shown in its bubble."""
    await attach(page, item)

    assert (await business.received())["type"] == kind
    await expect(page.locator(f".bubble.person {shown}")).to_be_visible()


@pytest.mark.parametrize("item", ["Photo", "Sticker"])
async def test_pictures_are_really_loaded(page: Page, item: str) -> None:
    """The browser can show the file."""
    await attach(page, item)
    image = page.locator(".bubble.person img")

    await expect(image).to_be_visible()
    await eventually(lambda: image.evaluate("image => image.complete && image.naturalWidth > 100"))


@pytest.mark.parametrize("tag", ["audio", "video"])
async def test_recordings_can_be_played(page: Page, tag: str) -> None:
    """The browser can show the file."""
    await attach(page, "Voice note" if tag == "audio" else "Video")
    player = page.locator(f".bubble.person {tag}")

    await expect(player).to_be_visible()
    await eventually(lambda: player.evaluate("player => player.duration > 1"))


async def test_the_text_becomes_a_caption(page: Page, business: FakeBusiness) -> None:
    """The typed text becomes the caption of the photo."""
    await page.locator("#text").fill("Is this one left?")
    await attach(page, "Photo")

    assert (await business.received())["image"]["caption"] == "Is this one left?"
    await expect(page.locator(".bubble.person .words")).to_have_text("Is this one left?")
    await expect(page.locator("#text")).to_have_value("")


async def test_a_file_of_ones_own(page: Page, business: FakeBusiness) -> None:
    """The file is sent as the kind that suits it."""
    file = {"name": "list.txt", "mimeType": "text/plain", "buffer": b"tea, milk"}
    async with page.expect_file_chooser() as chooser:
        await attach(page, "Your own file…")
    await (await chooser.value).set_files(file)

    document = (await business.received())["document"]
    assert (document["filename"], document["mime_type"]) == ("list.txt", "text/plain")
    await expect(page.locator(".bubble.person a.card")).to_contain_text("list.txt")


async def test_a_location(page: Page, business: FakeBusiness) -> None:
    """The coordinates are numbers."""
    await attach(page, "Location…")
    await page.get_by_label("Latitude").fill("12.5")
    await page.get_by_role("button", name="Send", exact=True).last.click()

    assert (await business.received())["location"]["latitude"] == 12.5
    await expect(page.locator(".bubble.person .card")).to_contain_text("Café Central")


async def test_a_contact(page: Page, business: FakeBusiness) -> None:
    """The bubble shows the card."""
    await attach(page, "Contact…")
    await page.get_by_role("dialog").get_by_label("Name").fill("Dora Maar")
    await page.get_by_role("dialog").get_by_label("Name").press("Enter")

    assert (await business.received())["contacts"][0]["name"]["formatted_name"] == "Dora Maar"
    await expect(page.locator(".bubble.person .card")).to_contain_text("Dora Maar")


async def test_an_address(page: Page, business: FakeBusiness) -> None:
    """The bubble shows the values, one per line."""
    await attach(page, "Address…")
    await page.get_by_label("City").fill("Bonn")
    await page.get_by_label("City").press("Enter")

    reply = (await business.received())["interactive"]["nfm_reply"]
    assert json.loads(reply["response_json"])["values"]["city"] == "Bonn"
    await expect(page.locator(".bubble.person .card")).to_contain_text("city: Bonn")


@pytest.mark.parametrize(
    ("item", "key", "label"),
    [
        ("Forwarded text", "context", "Forwarded"),
        ("Text from an ad", "referral", "From an ad: Tea for two"),
        ("Text about a product", "context", "About the product tea-100"),
        ("Text in a group", "group_id", "In a group"),
    ],
)
async def test_where_a_text_comes_from(page: Page, business: FakeBusiness, *, item: str, key: str, label: str) -> None:
    """The bubble has a label, and the webhook has the context."""
    await page.locator("#text").fill("Look at this")
    await attach(page, item)

    message = await business.received()
    assert message["text"] == {"body": "Look at this"}
    assert key in message
    await expect(page.locator(".bubble.person .label")).to_have_text(label)


async def test_somebody_answers_in_the_business_app(page: Page, business: FakeBusiness) -> None:
    """The bubble has the label of the business app."""
    await attach(page, "Message from the business app…")
    await page.get_by_label("Text of the employee").fill("Let me take over")
    await page.get_by_role("button", name="Send", exact=True).last.click()

    await expect(page.locator(".bubble.business .label")).to_have_text("From the business app")
    await expect(page.locator(".bubble.business .words")).to_have_text("Let me take over")
    await eventually(lambda: [change["field"] for change in business.changes()] == ["smb_message_echoes"])


async def test_a_change_of_number(page: Page, business: FakeBusiness) -> None:
    """The thread stays, and the person can go on writing."""
    await type_message(page, "Hi")
    await attach(page, "Change of number…")
    await page.get_by_label("New number").fill("+15550009999")
    await page.get_by_label("New number").press("Enter")
    await expect(page.locator("[data-number='15550009999']")).to_have_attribute("aria-current", "true")
    await expect(page.locator(".bubble.person")).to_have_count(1)
    await type_message(page, "It is me")

    await eventually(lambda: len(business.messages()) == 3)
    systems = [message for message in business.messages() if message["type"] == "system"]
    assert [(one["from"], one["system"]["wa_id"]) for one in systems] == [(ANA, "15550009999")]
    await eventually(lambda: business.messages()[-1].get("from") == "15550009999")


async def test_a_change_of_user_id(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """A system message has the new user id. It has no menu."""
    await attach(page, "Change of user id")

    bubble = page.locator(".bubble.person")
    await eventually(lambda: [change["field"] for change in business.changes()] == ["user_id_update"])
    await expect(bubble.locator(".aside")).to_contain_text(meta.simulator.phones[ANA].person.user_id)
    await expect(bubble.get_by_role("img", name="delivered")).to_be_visible()
    await expect(bubble.get_by_role("button", name="Message options")).to_have_count(0)


async def test_a_phone_that_hides_its_number(page: Page, business: FakeBusiness) -> None:
    """The messages of this phone have no number."""
    await page.get_by_role("button", name="Add a phone").click()
    await page.get_by_label("Name").fill("Kim")
    await page.get_by_label("Number", exact=True).fill("+15550006666")
    await page.get_by_label("Hide the number from the business").check()
    await page.get_by_label("Number", exact=True).press("Enter")
    await expect(page.locator("#owner")).to_have_text("Kim\u2019s phone")
    await type_message(page, "Guess who")

    assert "from" not in await business.received()
    assert "15550006666" not in json.dumps(business.values())
