"""The page, in a real browser."""

import httpx
from playwright.async_api import Browser, Page, expect

from entrypoints.http.server.loopback import loopback_only
from simulator.serving import serve_simulator
from support.browser import type_message
from support.polling import eventually
from support.simulator import BEN, FakeBusiness, RunningSimulator, running_simulator

SMALL_PHONE = {"width": 390, "height": 844}


async def test_ticks_go_from_one_to_two_to_blue(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """A message has one tick while Meta has it, two after the webhook's 200, and blue ones when it was read."""
    business.open.clear()
    await type_message(page, "Hi there")
    bubble = page.locator(".bubble.person")
    tick = bubble.locator(".tick")

    await expect(tick).to_have_attribute("aria-label", "sent")
    business.open.set()
    await expect(tick).to_have_attribute("aria-label", "delivered")
    grey = await tick.evaluate("tick => getComputedStyle(tick).color")
    await meta.acknowledge(str(business.messages()[0]["id"]))
    await expect(tick).to_have_attribute("aria-label", "read")

    assert await tick.evaluate("tick => getComputedStyle(tick).color") != grey
    assert await page.locator("#text").input_value() == ""


async def test_typing_and_answer_arrive_live(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """The indicator shows while the business writes. The answer replaces it, and is read at once."""
    await type_message(page, "Hi")
    await eventually(business.messages)

    await meta.acknowledge(str(business.messages()[0]["id"]), typing=True)
    await expect(page.locator(".bubble.typing")).to_be_visible()
    await expect(page.locator("#presence")).to_have_text("typing…")
    await meta.send("Hello Ana")

    await expect(page.locator(".bubble.business .words")).to_have_text("Hello Ana")
    await expect(page.locator(".bubble.typing")).to_have_count(0)
    await eventually(lambda: [one["status"] for one in business.statuses()] == ["sent", "delivered", "read"])


async def test_a_message_that_waits_says_so(page: Page, business: FakeBusiness) -> None:
    """While the webhook refuses, the person sees that the message is not there yet."""
    business.answers = [503] * 3

    await type_message(page, "Anybody there?")

    await expect(page.locator(".bubble.person")).to_contain_text("waiting to be delivered")
    await expect(page.locator(".bubble.person .tick")).to_have_attribute("aria-label", "delivered")


async def test_formatting_is_shown(page: Page, meta: RunningSimulator) -> None:
    """WhatsApp's markup becomes HTML elements."""
    await meta.send(
        "*bold* _italic_ ~gone~ `code` *_both_* 2*3*4 snake_case_name\n\n- one\n- two\n\n3. three\n\n> quoted\n"
        "```\nfenced *not bold*\n```\nhttps://example.com/a_b_c. [https://example.com/d]"
    )
    words = page.locator(".bubble.business .words")

    await expect(words.locator("strong")).to_have_text(["bold", "both"])
    await expect(words.locator("em")).to_have_text(["italic", "both"])
    await expect(words.locator("s")).to_have_text("gone")
    await expect(words.locator("p code")).to_have_text("code")
    await expect(words.locator("ul li")).to_have_text(["one", "two"])
    await expect(words.locator("ol[start='3'] li")).to_have_text("three")
    await expect(words.locator("blockquote")).to_have_text("quoted")
    await expect(words.locator("pre")).to_have_text("fenced *not bold*")
    await expect(words.locator("a")).to_have_text(["https://example.com/a_b_c", "https://example.com/d"])
    await expect(words.locator("p").first).to_contain_text("2*3*4 snake_case_name")


async def test_markup_in_a_message_is_only_text(page: Page, meta: RunningSimulator) -> None:
    """No text of a message becomes an HTML element."""
    attack = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>*<b>x</b>*"
    await meta.send(attack)
    await meta.http.put("/phone/15550007777", json={"name": "<img src=x>"})
    await meta.write("javascript:window.hacked=1", number="15550007777")

    await expect(page.locator(".bubble.business .words")).to_have_text(attack.replace("*", ""))
    await expect(page.locator("#people")).to_contain_text("<img src=x>")

    assert await page.locator("#messages script, #messages img, #messages b, #people img").count() == 0
    assert await page.evaluate("window.hacked") is None


async def test_other_phones_show_what_is_unread(page: Page, meta: RunningSimulator) -> None:
    """The list counts the unread messages of other people, until their phone is opened."""
    await meta.send("Hello Ben", to=f"+{BEN}")
    badge = page.locator(f"[data-number='{BEN}'] b")

    await expect(badge).to_have_text("1")
    await page.locator(f"[data-number='{BEN}']").click()

    await expect(page.locator(".bubble.business .words")).to_have_text("Hello Ben")
    await expect(badge).to_have_count(0)
    await expect(page.locator("#owner")).to_have_text("Ben\u2019s phone")


async def test_the_notice_says_what_answers(page: Page) -> None:
    """The banner shows the notice of the simulator."""
    await expect(page.locator("#notice")).to_have_text("Answers come from a test")


async def test_a_small_screen_shows_one_thing_at_a_time(page: Page) -> None:
    """A small screen shows the thread first and the list after a click, and nothing is wider than the screen."""
    await page.set_viewport_size(SMALL_PHONE)
    await expect(page.locator(".people")).to_be_hidden()
    await type_message(page, "A-very-long-word-" * 20)

    width = await page.evaluate("document.scrollingElement.scrollWidth")
    await page.get_by_role("button", name="All phones").click()

    assert width <= SMALL_PHONE["width"]
    await expect(page.locator(".people")).to_be_visible()
    await expect(page.locator(".thread")).to_be_hidden()


async def test_the_newest_message_is_in_view(page: Page, meta: RunningSimulator) -> None:
    """A long thread stays at its end."""
    for number in range(30):
        await meta.send(f"Message {number}\n\nwith a second line")

    await expect(page.locator(".bubble")).to_have_count(30)
    await expect(page.locator(".bubble").last).to_be_in_viewport()


async def test_a_new_phone_is_added(page: Page, meta: RunningSimulator, business: FakeBusiness) -> None:
    """A new phone needs a name and a number, and can write at once."""
    await page.get_by_role("button", name="Add a phone").click()
    await page.get_by_label("Name").fill("Carla")
    await page.get_by_label("Number", exact=True).fill("+15550006666")
    await page.get_by_label("Number", exact=True).press("Enter")
    await expect(page.locator("#owner")).to_have_text("Carla\u2019s phone")
    await type_message(page, "Hi from Carla")

    await eventually(lambda: [message["from"] for message in business.messages()] == ["15550006666"])


async def test_the_page_survives_a_restart(browser: Browser, meta: RunningSimulator) -> None:
    """The page says when the simulator has stopped. When it is back, the page shows its threads without a reload."""
    page = await browser.new_page()
    async with running_simulator(webhook_url="http://127.0.0.1:9/none") as first:
        await page.goto(first.url)
        await first.send("Before")
        await expect(page.locator(".bubble.business .words")).to_have_text("Before")
    await expect(page.locator("#presence")).to_have_text("connecting…")

    async with serve_simulator(meta.simulator, guard=loopback_only, port=httpx.URL(first.url).port or 0):
        await expect(page.locator("#presence")).to_have_text("online")
        await meta.send("After")
        await expect(page.locator(".bubble.business .words")).to_have_text("After")
        await page.close()
