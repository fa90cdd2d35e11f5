"""Everything a business can send, as the page shows it, in a real browser."""

import pytest
from playwright.async_api import Page, expect

from simulator.state.samples import sample
from support.simulator import RunningSimulator


def question(kind: str, action: object, **more: object) -> dict:
    return {"type": kind, "body": {"text": "Please *choose*"}, "action": action, **more}


CARD = {"name": {"formatted_name": "Carla Moreno", "first_name": "Carla"}, "phones": [{"phone": "+15550006666"}]}


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("image", "img[alt='Photo']"),
        ("video", "video"),
        ("audio", "audio"),
        ("document", "a.card"),
        ("sticker", "img.sticker"),
    ],
)
async def test_files_are_shown(page: Page, meta: RunningSimulator, *, kind: str, shown: str) -> None:
    """Each file can be loaded."""
    file = sample(kind)
    await meta.send_content(kind, {"id": await meta.upload(file.content, file.mime_type)})
    node = page.locator(f".bubble.business {shown}")

    await expect(node).to_be_visible()
    address = await node.get_attribute("href" if kind == "document" else "src")
    assert (await meta.http.get(str(address))).content == file.content


async def test_a_caption_is_shown(page: Page, meta: RunningSimulator) -> None:
    """The caption is formatted and below the picture, which came from a link."""
    file = sample("image")
    media_id = await meta.upload(file.content, file.mime_type)
    await meta.send_content("image", {"link": f"{meta.url}/phone/files/{media_id}", "caption": "*Our* shop"})

    await expect(page.locator(".bubble.business img")).to_be_visible()
    await expect(page.locator(".bubble.business .words strong")).to_have_text("Our")


async def test_a_place_and_a_card_are_shown(page: Page, meta: RunningSimulator) -> None:
    """The cards show their fields."""
    await meta.send_content("location", {"latitude": "37.4", "longitude": "-122.1", "name": "Office"})
    await meta.send_content("contacts", [CARD])
    cards = page.locator(".bubble.business .card")

    await expect(cards.nth(0)).to_contain_text("Office")
    await expect(cards.nth(0)).to_contain_text("37.4, -122.1")
    await expect(cards.nth(1)).to_contain_text("Carla Moreno")
    await expect(cards.nth(1)).to_contain_text("+15550006666")


async def test_a_reaction_and_a_quote_are_shown(page: Page, meta: RunningSimulator) -> None:
    """Each is shown at its message."""
    message_id = await meta.write("When do you open?")
    await meta.send_content("reaction", {"message_id": message_id, "emoji": "👋"})
    await meta.send("At nine", context={"message_id": message_id})

    await expect(page.locator(".bubble.person .reactions")).to_have_text("👋")
    await expect(page.locator(".bubble.business .quoted")).to_have_text("When do you open?")
    await expect(page.locator(".bubble")).to_have_count(2)


async def test_a_text_to_a_group_is_shown(page: Page, meta: RunningSimulator) -> None:
    """The bubble has the label of the group."""
    await meta.write_message(text="Who is coming?", group="tea")
    await meta.send("Everybody", to="tea", recipient_type="group")

    await expect(page.locator(".bubble.business .label")).to_have_text("In a group")
    await expect(page.locator(".bubble.business .words")).to_have_text("Everybody")


async def test_a_failure_is_shown_with_its_code(page: Page, meta: RunningSimulator) -> None:
    """A failed message shows the error."""
    await meta.control(fail_later=1, fail_later_code=131049)
    await meta.send("Hello")

    await expect(page.locator(".bubble.business .meta")).to_contain_text("not delivered: 131049")


async def test_markup_in_any_type_is_only_text(page: Page, meta: RunningSimulator) -> None:
    """No title and no name becomes an HTML element."""
    attack = "<img src=x>"
    await meta.send_content("location", {"latitude": 1, "longitude": 1, "name": attack})
    await meta.send_content("contacts", [{"name": {"formatted_name": attack, "first_name": "x"}}])
    title = {"type": "reply", "reply": {"id": "1", "title": attack}}
    await meta.send_content("interactive", question("button", {"buttons": [title]}))
    await meta.write_message(type="document", content={"filename": attack})

    await expect(page.locator(".bubble")).to_have_count(4)
    assert await page.locator("#messages img").count() == 0
