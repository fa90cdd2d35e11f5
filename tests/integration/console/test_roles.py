"""What operators with fewer rights see in the console, and what they are refused."""

from playwright.async_api import APIResponse, Page, expect

from support.console import SMALL, console_page, new_operator, service_of
from support.dev import Dev

ANA, BEN, CARLA = "15550002222", "15550003333", "15550006666"


async def attempt(page: Page, dev: Dev, path: str, **body: object) -> APIResponse:
    """A request of the operator who is logged in, past the buttons of the page."""
    me = await (await page.request.get(f"{service_of(dev)}/v1/operators/me")).json()
    headers = {"X-CSRF-Token": me["csrf_token"], "Idempotency-Key": path}
    return await page.request.post(f"{service_of(dev)}{path}", data=body, headers=headers)


async def test_a_viewer_reads_and_cannot_act(window: Page, dev: Dev) -> None:
    """No button is offered, and what they try in another way is refused, said why, and recorded."""
    await dev.write("Proposal", number=CARLA)
    token = await new_operator(dev, "vera", role="viewer")
    async with console_page(window, dev, f"conversations/whatsapp%3A{CARLA}", size=SMALL, token=token) as page:
        await expect(page.locator(".bubble.received")).to_contain_text("Proposal")
        await expect(page.get_by_role("link", name="All conversations")).to_be_visible()
        await expect(page.get_by_role("button", name="Take over")).to_have_count(0)
        await expect(page.get_by_role("textbox", name="Answer")).to_have_count(0)
        await page.goto(f"{dev.addresses['console']}#/proposals")
        await expect(page.locator(".card")).to_contain_text("boxes")
        await expect(page.locator(".card").get_by_role("button")).to_have_count(0)

        answer = {"to": f"+{CARLA}", "messages": [{"text": "I am the boss."}]}
        refused = await attempt(page, dev, "/v1/channels/whatsapp/messages", **answer)
        taken = await attempt(page, dev, f"/v1/conversations/whatsapp:{CARLA}/human")
        why = await refused.json()

    audit = (await dev.http.get(f"{service_of(dev)}/v1/audit", params={"operator": "vera"})).json()["items"]
    assert (refused.status, taken.status) == (403, 403)
    assert why["reason"] == "This needs the role operator, and vera is a viewer."
    assert {entry["action"] for entry in audit if entry["outcome"] == "refused"} == {"send_message", "take_over"}
    assert "I am the boss." not in await dev.answers(number=CARLA)


async def test_an_operator_of_one_channel_does_not_see_the_other(window: Page, dev: Dev) -> None:
    """Neither its conversations nor its events, and by their names they do not exist."""
    await dev.write("Only for WhatsApp", number=ANA)
    written = await dev.http.post(f"{dev.page}/phone/{BEN}/telegram/messages", json={"text": "Only for Telegram"})
    written.raise_for_status()
    token = await new_operator(dev, "tessa", role="operator", channels=["telegram"])
    async with console_page(window, dev, token=token) as page:
        await expect(page.locator(".rows li")).to_have_count(1)
        await page.locator(".rows a").click()
        await expect(page.locator(".bubble.received")).to_contain_text("Only for Telegram")
        await expect(page.get_by_role("button", name="Take over")).to_be_visible()
        await page.get_by_role("link", name="Live").click()
        await expect(page.locator(".events .where").first).to_contain_text("telegram:")
        await expect(page.locator(".events .where", has_text="whatsapp")).to_have_count(0)
        await page.get_by_role("link", name="Channels").click()
        await expect(page.locator(".card h2")).to_have_text(["Service", "telegram"])

        looked = await page.request.get(f"{service_of(dev)}/v1/conversations/whatsapp:{ANA}/messages")
        taken = await attempt(page, dev, f"/v1/conversations/whatsapp:{ANA}/human")

    assert (looked.status, taken.status) == (404, 404)
