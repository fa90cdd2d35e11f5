"""The login of the console in a real browser, on a narrow screen, by keyboard, light and dark."""

import pytest
from playwright.async_api import Browser, Page, expect

from support.http_services import ADMIN_TOKEN
from support.web_process import running

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


async def enter(page: Page, token: str) -> None:
    """By keyboard alone. The browser focuses the field some time after the page's words are there."""
    await expect(page.get_by_label("Your token")).to_be_focused()
    await page.keyboard.type(token)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_operator_logs_in_and_out(browser: Browser, scheme: str) -> None:
    """A wrong token is said on the page. Nothing on it breaks its own policy, and it fits."""
    broken: list[str] = []
    async with running() as server:
        page = await browser.new_page(viewport={"width": 390, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
        page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
        await page.goto(f"{server.url}/console/login")
        await enter(page, "wrong")
        await expect(page.get_by_role("alert")).to_have_text("This token is wrong, or was revoked.")
        assert await page.evaluate(FITS)
        broken.clear()  # the browser tells of the 401

        await enter(page, ADMIN_TOKEN)
        await expect(page).to_have_url(f"{server.url}/console")
        await expect(page.locator("#operator")).to_have_text("admin · admin")
        await page.goto(f"{server.url}/console/login")
        await expect(page.get_by_text("You are logged in as admin.")).to_be_visible()
        assert await page.evaluate(FITS)
        assert await page.evaluate("document.cookie") == ""

        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Your token")).to_be_focused()
        await page.close()
    assert broken == []
