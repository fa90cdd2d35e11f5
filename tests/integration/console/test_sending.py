"""What operators send from the console beside texts."""

import time
from pathlib import Path

from playwright.async_api import Page, expect

from support.console import SMALL, accessibility_problems, console_page
from support.dev import Dev
from support.polling import eventually

NUMBER = "15550002222"
DAY_SECONDS = 86_400


async def test_a_template_and_then_a_file(window: Page, dev: Dev, tmp_path: Path) -> None:
    """When the time for free texts is over, only a template goes out. Once the person writes again, a file does."""
    prices = tmp_path / "prices.pdf"
    prices.write_bytes(b"%PDF-1.4\n" + b"0" * 100)
    await dev.write("Hello", number=NUMBER)
    await eventually(lambda: dev.answers(number=NUMBER))
    await let_window_close(dev)
    async with console_page(window, dev, f"conversations/whatsapp%3A{NUMBER}", size=SMALL) as page:
        await expect(page.get_by_role("note")).to_contain_text("only a template reaches the person")
        await expect(page.get_by_role("textbox", name="Answer")).to_be_disabled()
        await page.get_by_role("button", name="Send a file or a template").click()
        await expect(page.locator("dialog .row strong")).to_have_text(["Template"])
        await page.get_by_role("dialog").get_by_role("button", name="Template").click()
        await page.get_by_label("Name, as the provider approved it").fill("order_shipped")
        await page.get_by_label("Parameters, one in each line").fill("Ana\n4711")
        assert await accessibility_problems(page) == []
        await page.get_by_role("dialog").get_by_role("button", name="Send").click()
        template = page.locator(".bubble.by-operator", has_text="order_shipped")
        await expect(template.get_by_role("img", name="delivered")).to_be_visible()

        await dev.write("And the prices?", number=NUMBER)
        await expect(page.get_by_role("textbox", name="Answer")).to_be_enabled()
        await page.get_by_role("button", name="Send a file or a template").click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("dialog").get_by_role("button", name="File Of this device").click()
        await (await chooser.value).set_files(prices)
        await page.get_by_label("Caption").fill("Here they are")
        await page.get_by_role("dialog").get_by_role("button", name="Send").click()
        file = page.locator(".bubble.by-operator", has_text="Here they are")
        await expect(file.locator(".file")).to_contain_text("prices.pdf")
        await expect(file.get_by_role("img", name="delivered")).to_be_visible()

    types = [message["type"] for message in await dev.thread(number=NUMBER) if message["author"] == "business"]
    assert {"template", "document"} <= set(types)


async def let_window_close(dev: Dev) -> None:
    """As if the person had written a day ago."""
    async with dev.store() as store:
        written = str(time.time() - DAY_SECONDS - 60)
        assert await store.hset(f"trunkline:{{0}}:state:whatsapp:{NUMBER}", "heard_at", written) == 0
