"""A real browser, if this machine has one."""

import contextlib
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright, expect

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
    """The phone in a page of its own. An error in its scripts fails the test."""
    page = await browser.new_page()
    async with phone_in(page, url):
        yield page
    await page.close()


@contextlib.asynccontextmanager
async def phone_in(page: Page, url: str) -> AsyncIterator[None]:
    """Load the phone into this page."""
    async with reusable(page):
        await page.set_viewport_size({"width": 1280, "height": 860})
        await page.emulate_media(color_scheme="null")
        await page.goto(url)
        await expect(page.locator("#presence")).to_have_text("online")
        yield


@contextlib.asynccontextmanager
async def reusable(page: Page) -> AsyncIterator[None]:
    """Within the block, an error in the scripts of the page fails the test. After it, the page is empty.

    Nothing is kept: the next address may be the same.
    """
    errors: list[str] = []

    def note_error(error: Error) -> None:
        errors.append(str(error))

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("pageerror", note_error)
    page.on("console", note_message)
    yield
    await page.evaluate("localStorage.clear(), sessionStorage.clear()")
    await page.context.clear_cookies()
    await page.goto("about:blank")
    page.remove_listener("pageerror", note_error)
    page.remove_listener("console", note_message)
    assert errors == []


async def type_message(page: Page, text: str) -> None:
    """Type a text on the page of the phone, and send it."""
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")
