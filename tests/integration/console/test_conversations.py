"""Conversations in the console, while people write on the phone of `trunkline dev`."""

import re

from playwright.async_api import Browser, Page, expect

from support.browser import phone_page, type_message
from support.console import SMALL, console_page
from support.dev import Dev

ANA, BEN = "15550002222", "15550003333"
# Meta: the message cannot be delivered; and too many messages were sent to this person.
UNDELIVERABLE, SLOWER = 131026, 131056


async def open_conversation(page: Page, number: str) -> None:
    await page.locator(f"a[data-conversation='whatsapp:{number}']").click()
    await expect(page.locator("#messages")).to_be_visible()


async def test_a_human_takes_over_and_answers_on_a_small_screen(browser: Browser, window: Page, dev: Dev) -> None:
    """While the person writes: what they write arrives by itself, and the agent is silent until it is handed back."""
    async with phone_page(browser, dev.page) as phone, console_page(window, dev, size=SMALL) as page:
        await type_message(phone, "I need a *human*")
        await open_conversation(page, ANA)
        await expect(page.locator(".bubble.received strong")).to_have_text("human")
        await expect(page.locator(".bubble.by-agent")).to_contain_text("You said")

        await page.get_by_role("button", name="Take over").click()
        await expect(page.get_by_role("button", name="Hand back")).to_be_visible()
        await type_message(phone, "Is somebody there?")
        await expect(page.locator(".bubble.received").last).to_contain_text("Is somebody there?")
        await page.get_by_role("textbox", name="Answer").fill("Yes, this is Carla.")
        await page.keyboard.press("Enter")

        await expect(phone.locator("li.business", has_text="Yes, this is Carla.")).to_be_visible()
        answer = page.locator(".bubble.by-operator")
        await expect(answer).to_contain_text("Yes, this is Carla.")
        await expect(answer.get_by_role("img", name=re.compile("delivered|read"))).to_be_visible()  # the phone is open
        said = await dev.answers(number=ANA)
        await page.get_by_role("button", name="Hand back").click()
        await type_message(phone, "and the agent?")

        await expect(page.locator(".bubble.by-agent").last).to_contain_text("and the agent?")
        await page.get_by_role("link", name="All conversations").click()
        await expect(page.get_by_role("searchbox")).to_be_visible()
        width = await page.evaluate("document.scrollingElement.scrollWidth")

    assert not any("Is somebody there?" in text for text in said)
    assert width <= SMALL[0]


async def test_conversations_are_found(window: Page, dev: Dev) -> None:
    """By number and by name, and by who answers."""
    await dev.write("Colleague", number=BEN)
    await dev.write("Hello", number="15550009999")
    async with console_page(window, dev) as page:
        rows = page.locator(".rows li")
        await expect(rows.locator("[data-conversation='whatsapp:15550009999']")).to_be_visible()
        search = page.get_by_role("searchbox")

        await page.keyboard.press("/")
        await page.keyboard.type("0009999")
        await expect(rows).to_have_count(1)
        await search.fill("ben")
        await expect(rows.locator("strong")).to_have_text("Ben")
        await search.fill("")
        await page.get_by_role("button", name="With a human").click()
        await expect(rows.locator("a")).to_have_attribute("data-conversation", f"whatsapp:{BEN}")
        await search.fill("nobody has this name")

        await expect(page.get_by_text("No conversation matches.")).to_be_visible()


async def test_filters(window: Page, dev: Dev) -> None:
    """Each shows who needs an operator for its reason: nobody answered yet, for too long, in vain, or a human does."""
    waiting, failed = "15550005551", "15550005553"
    await fail_sends(dev, to=failed, code=UNDELIVERABLE)
    await dev.write("In vain", number=failed)
    async with console_page(window, dev) as page:
        rows = page.locator(".rows a")
        row = {number: page.locator(f"a[data-conversation='whatsapp:{number}']") for number in (waiting, failed)}
        await expect(row[failed]).to_contain_text("failed")
        await fail_sends(dev, to=waiting, code=SLOWER)
        await dev.write("Patience", number=waiting)
        await expect(row[waiting]).to_be_visible()

        await page.get_by_role("button", name="Failed").click()
        await expect(rows).to_have_count(1)
        await expect(row[failed]).to_be_visible()
        await page.get_by_role("button", name="Failed").click()
        await page.get_by_role("button", name="Waiting").click()
        await expect(rows).to_have_count(1)
        await expect(row[waiting]).to_be_visible()
        await page.get_by_role("button", name="Late").click()
        await expect(page.get_by_text("No conversation matches.")).to_be_visible()
        await let_wait(dev, waiting, seconds=400)
        await page.get_by_role("button", name="Waiting").click()

        await expect(row[waiting]).to_contain_text("7 min")
        await expect(rows).to_have_count(1)
    await dev.http.put(f"{dev.page}/control", json={})


async def fail_sends(dev: Dev, *, to: str, code: int) -> None:
    faults = {"fail_sends": 50, "fail_code": code, "fail_to": to}
    (await dev.http.put(f"{dev.page}/control", json=faults)).raise_for_status()


async def let_wait(dev: Dev, number: str, *, seconds: int) -> None:
    """As if the message of the turn under way had arrived earlier."""
    turn = f"trunkline:{{0}}:turn:whatsapp:{number}"
    async with dev.store() as store:
        messages = (await store.hget(turn, "messages") or b"").decode()
        arrived = re.search(r'"arrived_ms":(\d+)', messages)
        assert arrived
        await store.hset(turn, "messages", messages.replace(arrived[1], str(int(arrived[1]) - seconds * 1000), 1))


async def test_files_are_told_by_their_type(window: Page, dev: Dev) -> None:
    """A file of either side shows what it is, and the caption with it."""
    number = "15550004444"
    await dev.write("picture", number=number)
    async with console_page(window, dev, f"conversations/whatsapp%3A{number}") as page:
        await expect(page.locator(".bubble.sent .file")).to_contain_text("Image")


async def test_the_keyboard_is_enough(window: Page, dev: Dev) -> None:
    """The arrows move in the list, Enter opens a conversation, and Escape leads back to its row."""
    await dev.write("Hello", number="15550001111")
    await dev.write("Hello", number="15550001112")
    async with console_page(window, dev) as page:
        first = page.locator(".rows a").first
        await expect(page.locator("[data-conversation='whatsapp:15550001111']")).to_be_visible()
        await first.focus()
        await page.keyboard.press("ArrowDown")
        chosen = await page.evaluate("document.activeElement.dataset.conversation")

        await page.keyboard.press("Enter")
        await expect(page.locator(".rows a[aria-current]")).to_have_attribute("data-conversation", chosen)
        await expect(page.locator(".bubble").first).to_be_visible()
        await page.keyboard.press("Escape")

        await expect(page.get_by_text("Choose a conversation.")).to_be_visible()
        assert await page.evaluate("document.activeElement.dataset.conversation") == chosen


async def test_what_people_write_is_only_text(window: Page, dev: Dev) -> None:
    """No text of a message becomes an element of the page."""
    number = "15550007777"
    await dev.write("<img src=x onerror='window.hacked = 1'><script>window.hacked = 1</script>", number=number)
    async with console_page(window, dev, f"conversations/whatsapp%3A{number}") as page:
        await expect(page.locator(".bubble.received")).to_contain_text("<img src=x")

        assert await page.locator("#view img, #view script").count() == 0
        assert await page.evaluate("window.hacked") is None
