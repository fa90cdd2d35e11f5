"""The phone of `trunkline dev` in a real browser."""

import re

from playwright.async_api import Browser, expect

from support.dev import Dev


async def test_type_and_be_answered(browser: Browser, dev: Dev) -> None:
    """The typed text appears, the answer arrives by itself, and the ticks turn blue."""
    page = await browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(dev.page)
    await page.get_by_role("textbox", name="Message").fill("Is anybody there?")
    await page.keyboard.press("Enter")

    asked = page.locator("li.person", has_text="Is anybody there?")
    answer = page.locator("li.business", has_text='You said: "Is anybody there?"')
    await expect(answer).to_be_visible(timeout=20_000)
    await expect(asked.get_by_role("img", name="read")).to_be_visible()
    colour = await asked.locator(".tick").evaluate("tick => getComputedStyle(tick).color")
    await expect(page.locator("#notice")).to_contain_text("scripted model")
    await page.close()

    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    assert blue > max(red, green)
    assert faults == []
