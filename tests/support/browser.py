"""A real browser, if this machine has one."""

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
    """The path of Chromium. Skips the test when there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on PATH: install the package chromium to test the page in a browser")
    return path


@contextlib.asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """Run a headless Chromium."""
    expect.set_options(timeout=EXPECT_SECONDS * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def phone_page(browser: Browser, url: str) -> AsyncIterator[Page]:
    """Load the page of the phone. An error in its scripts fails the test."""
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
    """Type a text on the page of the phone, and send it."""
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")
