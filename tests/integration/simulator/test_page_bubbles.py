"""What a person can do to a bubble of the page, in a real browser."""

from playwright.async_api import Locator, Page, expect

from support.browser import type_message
from support.polling import eventually
from support.simulator import FakeBusiness, RunningSimulator


async def options(bubble: Locator, item: str) -> None:
    """Choose something in the menu of a bubble."""
    await bubble.hover()
    await bubble.get_by_role("button", name="Message options").click()
    await bubble.page.get_by_role("button", name=item, exact=True).click()


async def test_a_reply_to_a_bubble(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The quoted text is above the reply. The reply can be cancelled before."""
    wamid = (await meta.send("When do you come?")).json()["messages"][0]["id"]
    bubble = page.locator(".bubble.business")
    await options(bubble, "Reply")
    await page.get_by_role("button", name="Cancel the reply").click()
    await expect(page.locator("#reply")).to_be_hidden()

    await options(bubble, "Reply")
    await expect(page.locator("#reply-body")).to_have_text("When do you come?")
    await type_message(page, "At nine")

    assert (await business.received())["context"]["id"] == wamid
    await expect(page.locator(".bubble.person .quoted")).to_have_text("When do you come?")
    await expect(page.locator("#reply")).to_be_hidden()


async def test_a_reaction_to_a_bubble(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """A reaction is set, and removed."""
    await meta.send("Hello Ana")
    bubble = page.locator(".bubble.business")
    await options(bubble, "React with 👍")

    await expect(bubble.locator(".reactions")).to_have_text("👍")
    await options(bubble, "Remove 👍")

    await expect(bubble.locator(".reactions")).to_have_count(0)
    assert [(await business.received(count))["reaction"]["emoji"] for count in (1, 2)] == ["👍", ""]


async def test_an_edit_and_a_deletion(page: Page, business: FakeBusiness) -> None:
    """A person edits and deletes a message of their own."""
    await type_message(page, "Two, pleas")
    bubble = page.locator(".bubble.person")
    await options(bubble, "Edit")
    await page.get_by_label("Text", exact=True).fill("Two, please")
    await page.get_by_role("button", name="Save").click()

    await expect(bubble.locator(".words")).to_have_text("Two, please")
    await expect(bubble.locator(".meta")).to_contain_text("edited")
    await options(bubble, "Delete for everyone")

    await expect(bubble).to_contain_text("This message was deleted.")
    assert [(await business.received(count))["type"] for count in (1, 2, 3)] == ["text", "edit", "revoke"]


async def test_an_employee_changes_messages(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """An employee reacts to a message of the person, and edits and deletes a message of the business app."""
    await type_message(page, "When do you open?")
    await options(page.locator(".bubble.person"), "👍 from the business app")
    await meta.act("human", text="At nin")
    bubble = page.locator(".bubble.business")
    await options(bubble, "Edit")
    await page.get_by_label("Text", exact=True).fill("At nine")
    await page.get_by_role("button", name="Save").click()

    await expect(page.locator(".bubble.person .reactions")).to_have_text("👍")
    await expect(bubble.locator(".words")).to_have_text("At nine")
    await options(bubble, "Delete for everyone")

    await expect(bubble).to_contain_text("This message was deleted.")
    await eventually(lambda: len(business.changes()) == 5)
    echoes = [echo["type"] for value in business.values() for echo in value.get("message_echoes", [])]
    assert sorted(echoes) == ["edit", "reaction", "revoke", "text"]
