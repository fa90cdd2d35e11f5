"""A real browser, where one is on this machine."""

import contextlib
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

EXPECT_SECONDS = 30
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Where Chromium is; skips the test, saying why, when it is nowhere."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on PATH: install the package chromium to test the page in a browser")
    return path


@contextlib.asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """A headless Chromium of its own."""
    expect.set_options(timeout=EXPECT_SECONDS * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def phone_page(browser: Browser, url: str) -> AsyncIterator[Page]:
    """The phone's page, loaded; an error in its scripts fails the test."""
    errors: list[str] = []
    page = await browser.new_page(viewport={"width": 1280, "height": 860})
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(url)
    await expect(page.locator("#presence")).to_have_text("online")
    yield page
    await page.close()
    assert errors == []


async def type_message(page: Page, text: str) -> None:
    """Type and send on the phone's page."""
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")
