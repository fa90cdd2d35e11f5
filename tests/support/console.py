"""The console in a real browser."""

import contextlib
from collections.abc import AsyncIterator

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from support.browser import reusable
from support.dev import Dev

WIDE = (1280, 860)
SMALL = (390, 844)
LOOKS = 3
SERIOUS = {"serious", "critical"}


@contextlib.asynccontextmanager
async def console_page(
    page: Page, dev: Dev, place: str = "", *, size: tuple[int, int] = WIDE, dark: bool = False, token: str = ""
) -> AsyncIterator[Page]:
    """Open the console at `place`, as in "conversations". An error in its scripts fails the test.

    With the `token` of an operator, log in with it first.
    """
    async with reusable(page):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.emulate_media(color_scheme="dark" if dark else "light")
        if token:
            login = await page.request.post(f"{dev.addresses['console']}/login", form={"token": token})
            assert login.ok
        await page.goto(f"{dev.addresses['console']}#/{place}")
        await expect(page.locator("#connection")).to_have_attribute("data-online", "true")
        yield page


def service_of(dev: Dev) -> str:
    """The address of the service, where its API is."""
    return dev.addresses["console"].removesuffix("/console")


async def new_operator(dev: Dev, name: str, **rights: object) -> str:
    """Add an operator with a `role` and `channels`. Returns their token."""
    answer = await dev.http.post(f"{service_of(dev)}/v1/operators", json={"name": name, **rights})
    return str(answer.raise_for_status().json()["token"])


async def accessibility_problems(page: Page) -> list[str]:
    """What the checker axe finds that is serious: the rule, and the elements that break it.

    What goes away by itself does not count: a busy machine shows rows before they have their colours.
    """
    problems: list[str] = []
    for _ in range(LOOKS):
        results = await Axe().run(page)
        problems = [
            f"{problem['id']}: {[node['html'][:120] for node in problem['nodes'][:3]]}"
            for problem in results.response["violations"]
            if problem["impact"] in SERIOUS
        ]
        if not problems:
            break
    return problems
