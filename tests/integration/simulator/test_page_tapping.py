"""Taps on the page, in a real browser."""

import json

from playwright.async_api import Page, expect

from support.simulator import FakeBusiness, RunningSimulator


def question(kind: str, action: object, **more: object) -> dict:
    return {"type": kind, "body": {"text": "Please *choose*"}, "action": action, **more}


BUTTONS = question(
    "button",
    {
        "buttons": [
            {"type": "reply", "reply": {"id": "tea", "title": "Tea"}},
            {"type": "reply", "reply": {"id": "coffee", "title": "Coffee"}},
        ]
    },
    header={"type": "text", "text": "Drinks"},
    footer={"text": "All day"},
)
LIST = question(
    "list",
    {
        "button": "Times",
        "sections": [
            {"title": "Today", "rows": [{"id": "t9", "title": "9:00", "description": "early"}]},
            {"title": "Tomorrow", "rows": [{"id": "m9", "title": "9:30"}]},
        ],
    },
)
LINK = question("cta_url", {"name": "cta_url", "parameters": {"display_text": "Shop", "url": "https://shop.example/"}})
FLOW = question(
    "flow", {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book"}}
)


async def test_a_button_is_tapped(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The bubble has header, text, footer and buttons. A tap sends the title, as a reply to the question."""
    await meta.send_content("interactive", BUTTONS)
    bubble = page.locator(".bubble.business")
    await expect(bubble.locator(".heading")).to_have_text("Drinks")
    await expect(bubble.locator(".words")).to_have_text("Please choose")
    await expect(bubble.locator(".footer")).to_have_text("All day")

    await bubble.get_by_role("button", name="Coffee").click()

    assert (await business.received())["interactive"]["button_reply"] == {"id": "coffee", "title": "Coffee"}
    await expect(page.locator(".bubble.person .words")).to_have_text("Coffee")
    await expect(page.locator(".bubble.person .quoted")).to_have_text("Please choose")


async def test_a_row_is_tapped(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The list opens with its sections."""
    await meta.send_content("interactive", LIST)
    await page.get_by_role("button", name="Times").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("h3")).to_have_text(["Today", "Tomorrow"])

    await dialog.get_by_role("button", name="9:00 early").click()

    assert (await business.received())["interactive"]["list_reply"] == {
        "id": "t9",
        "title": "9:00",
        "description": "early",
    }
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_list_can_be_left_alone(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """A closed list sends nothing."""
    await meta.send_content("interactive", LIST)
    await page.get_by_role("button", name="Times").click()
    await page.get_by_role("button", name="Cancel").last.click()

    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert business.messages() == []


async def test_a_link_opens(page: Page, meta: RunningSimulator) -> None:
    """The link opens in another tab, without a referrer."""
    await meta.send_content("interactive", LINK)
    link = page.get_by_role("link", name="Shop")

    await expect(link).to_have_attribute("href", "https://shop.example/")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_a_form_is_filled(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The form takes one answer per line."""
    await meta.send_content("interactive", FLOW)
    await page.get_by_role("button", name="Book").click()
    await page.get_by_label("One answer per line").fill("name: Ana\ntime: 9:30")
    await page.get_by_role("button", name="Send", exact=True).last.click()

    reply = (await business.received())["interactive"]["nfm_reply"]
    assert json.loads(reply["response_json"]) == {"name": "Ana", "time": "9:30"}
    await expect(page.locator(".bubble.person .card")).to_contain_text("time: 9:30")


async def test_a_location_is_asked_for(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The answer is a location, in the context of the question."""
    await meta.send_content("interactive", question("location_request_message", {"name": "send_location"}))
    await page.get_by_role("button", name="Send location").click()
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()

    message = await business.received()
    assert (message["type"], "id" in message["context"]) == ("location", True)


async def test_a_contact_is_asked_for(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The card says that it was asked for."""
    await meta.send_content("interactive", question("request_contact_info", {"name": "request_contact_info"}))
    await page.get_by_role("button", name="Share contact").click()
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()

    assert (await business.received())["contacts"][0]["origin"] == "contact_request"


async def test_an_address_is_asked_for(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The answer is a filled form, in the context of the question."""
    await meta.send_content("interactive", question("address_message", {"name": "address_message"}))
    await page.get_by_role("button", name="Send address").click()
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()

    message = await business.received()
    assert message["interactive"]["nfm_reply"]["name"] == "address_message"
    assert "id" in message["context"]


async def test_calls_are_asked_for(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The question shows both choices."""
    await meta.send_content("interactive", question("call_permission_request", {"name": "call_permission_request"}))
    bubble = page.locator(".bubble.business")
    await expect(bubble.get_by_role("button", name="Do not allow calls")).to_be_visible()

    await bubble.get_by_role("button", name="Allow calls", exact=True).click()

    assert (await business.received())["interactive"]["call_permission_reply"]["response"] == "accept"
    await expect(page.locator(".bubble.person .words")).to_have_text("Allow calls")


async def test_a_quick_reply_is_tapped(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """A template shows its text and its buttons."""
    await meta.http.put("/control/templates/reminder", json={"body": "Still coming?", "buttons": ["Yes", "No"]})
    await meta.send_content("template", {"name": "reminder", "language": {"code": "en_US"}})
    await expect(page.locator(".bubble.business .words")).to_have_text("Still coming?")

    await page.get_by_role("button", name="No", exact=True).click()

    assert (await business.received())["button"] == {"payload": "No", "text": "No"}


CONTRAST = """node => {
  const light = (colour) => {
    const parts = colour.match(/\\d+/g).slice(0, 3).map((part) => part / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const border = light(getComputedStyle(node).borderTopColor);
  return border / light(getComputedStyle(node.closest(".bubble")).backgroundColor);
}"""


async def test_buttons_have_visible_borders_in_the_dark(page: Page, meta: RunningSimulator) -> None:
    """Three times as light as the bubble, as WCAG 2.2 wants of controls (1.4.11)."""
    await page.emulate_media(color_scheme="dark")
    await meta.send_content("interactive", BUTTONS)

    assert await page.get_by_role("button", name="Coffee").evaluate(CONTRAST) >= 3
