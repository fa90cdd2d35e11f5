"""A checker of accessibility finds nothing serious, in the light and in the dark, on wide and on small screens."""

import pytest
from playwright.async_api import Browser, Page, expect

from support.console import SMALL, WIDE, accessibility_problems, console_page, service_of
from support.dev import Dev

NUMBER = "15550004444"
PLACES = {
    "conversations": ".rows li",
    f"conversations/whatsapp%3A{NUMBER}": ".bubble.sent",
    "live": ".events li",
    "dead-letters": ".nothing",
    "proposals": ".card",
    "channels": ".card",
    "costs": "table",
}


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_nothing_serious(window: Page, dev: Dev, size: tuple[int, int], dark: bool) -> None:
    """In each section of the console, and nothing is wider than the screen."""
    await dev.write("Proposal", number=NUMBER)
    found, wide = dict[str, list[str]](), list[str]()

    async with console_page(window, dev, size=size, dark=dark) as page:
        for place, shows in PLACES.items():
            await page.goto(f"{dev.addresses['console']}#/{place}")
            await expect(page.locator("body")).to_have_attribute("data-section", place.partition("/")[0])
            await expect(page.locator(shows).first).to_be_visible()
            if problems := await accessibility_problems(page):
                found[place] = problems
            if await page.evaluate("document.scrollingElement.scrollWidth") > size[0]:
                wide.append(place)

    assert found == {}
    assert wide == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_description_of_the_api(browser: Browser, dev: Dev, dark: bool) -> None:
    """It shows each route with its parameters and answers, without any file of another server."""
    page = await browser.new_page(color_scheme="dark" if dark else "light")
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    base = service_of(dev)
    await page.goto(f"{base}/docs")

    await page.get_by_text("Take the conversation over from the agent").click()
    shown = page.locator("details[open]")
    await expect(shown).to_contain_text("How long; else without end.")
    await expect(shown).to_contain_text("For operators")

    assert await accessibility_problems(page) == []
    assert all(url.startswith(base) for url in asked)
    await page.close()
