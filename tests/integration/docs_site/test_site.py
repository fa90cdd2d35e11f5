"""The built site in a real browser, opened from a disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from docs_site.build import build
from support.documents import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("site") / "docs"
    build(ROOT, output)
    return output


@pytest.fixture
async def page(browser: Browser, site: Path) -> AsyncIterator[Page]:
    """A page of the decisions. An error, or a request to a server, fails the test."""
    faults: list[str] = []
    page = await browser.new_page(color_scheme="dark", reduced_motion="reduce")
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    await page.goto((site / "adr/index.html").as_uri())
    yield page
    await page.close()
    assert faults == []


async def test_the_search_works_from_a_disk(page: Page) -> None:
    """What is typed finds a page in another folder, and a click opens it."""
    await page.get_by_role("button", name="Search").first.click()
    await page.get_by_role("combobox", name="Search").press_sequentially("unconfirmed sends")
    await page.get_by_role("option", name="Unconfirmed sends").first.click()

    await expect(page.get_by_role("heading", name="Unconfirmed sends")).to_be_in_viewport()


async def test_the_colours_follow_the_system_and_the_reader(page: Page) -> None:
    """Dark where the system is; a diagram has the colours of the page."""
    body = page.locator("body")
    await expect(body).to_have_attribute("data-md-color-scheme", "slate")

    await page.get_by_role("link", name="Architecture", exact=True).first.click()
    name = page.locator(".sequence text").first
    dark = await name.evaluate("text => getComputedStyle(text).fill")
    await page.locator("label[title='Light']").click()
    await expect(body).to_have_attribute("data-md-color-scheme", "default")

    assert await name.evaluate("text => getComputedStyle(text).fill") != dark
