"""Dead letters, proposals and stopped channels in the console of `trunkline dev`."""

from playwright.async_api import Page, expect

from support.console import SMALL, console_page, service_of
from support.dev import Dev
from support.polling import eventually

NUMBER = "15550007777"
# Meta: the message cannot be delivered.
UNDELIVERABLE = 131026
WRONG_TOKEN = 190


async def test_a_dead_letter_is_found_understood_and_replayed(window: Page, dev: Dev) -> None:
    """The transcript and the list say why, in words; after the replay the person has the answer."""
    faults = {"fail_sends": 50, "fail_code": UNDELIVERABLE, "fail_to": NUMBER}
    await dev.http.put(f"{dev.page}/control", json=faults)
    await dev.write("Do I get an answer?", number=NUMBER)
    async with console_page(window, dev, "dead-letters", size=SMALL) as page:
        card = page.locator(".card", has_text=NUMBER)
        await expect(card).to_contain_text("The channel says that this message will never be delivered.")
        await expect(card).to_contain_text("Do I get an answer?")
        await expect(card).to_contain_text("0 of 1 messages")
        await card.get_by_role("link", name=f"whatsapp:{NUMBER}").click()
        await expect(page.locator(".happening.bad").last).to_contain_text("will never be delivered")
        await page.go_back()

        await dev.http.put(f"{dev.page}/control", json={})
        await card.get_by_role("button", name="Replay").click()

        await eventually(lambda: dev.answers(number=NUMBER))
        await expect(page.get_by_text("No dead letters. Every turn was finished.")).to_be_visible()


async def test_a_dead_letter_is_discarded(window: Page, dev: Dev) -> None:
    """After a question; the person gets nothing."""
    number = "15550008888"
    await dev.http.put(f"{dev.page}/control", json={"fail_sends": 50, "fail_code": UNDELIVERABLE, "fail_to": number})
    await dev.write("Hello", number=number)
    async with console_page(window, dev, "dead-letters") as page:
        card = page.locator(".card", has_text=number)
        await card.get_by_role("button", name="Discard").click()
        await page.get_by_role("button", name="Cancel").click()
        await expect(card).to_be_visible()
        await card.get_by_role("button", name="Discard").click()
        await page.get_by_role("button", name="Discard it").click()

        await expect(card).to_have_count(0)
    await dev.http.put(f"{dev.page}/control", json={})
    assert await dev.answers(number=number) == []


async def test_a_proposal_is_rejected_with_a_reason(window: Page, dev: Dev) -> None:
    """It arrives by itself. The agent hears the reason, and the list is empty again."""
    async with console_page(window, dev, "proposals") as page:
        await expect(page.get_by_text("Nothing waits for a decision.")).to_be_visible()
        await dev.write("Proposal", number="15550004444")
        card = page.locator(".card", has_text="15550004444")
        await expect(card).to_contain_text("boxes")

        await card.get_by_role("button", name="Reject").click()
        await page.get_by_label("Why? The agent reads it.").fill("no boxes left")
        await page.get_by_role("dialog").get_by_role("button", name="Reject").click()

        await expect(page.get_by_text("Nothing waits for a decision.")).to_be_visible()
        await page.get_by_role("button", name="Only open").click()
        await expect(card).to_contain_text("no boxes left")


async def test_a_proposal_is_approved(window: Page, dev: Dev) -> None:
    """It is carried out, and the person hears of it."""
    number = "15550004445"
    await dev.write("Proposal", number=number)
    async with console_page(window, dev, "proposals", size=SMALL) as page:
        await page.get_by_role("button", name="Approve").click()
        await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        await page.get_by_role("button", name="Only open").click()

        await expect(page.locator(".card", has_text=number).locator(".pill")).to_have_text("done")
    await eventually(lambda: _is_told(dev, number))


async def _is_told(dev: Dev, number: str) -> bool:
    return any("2 boxes are on their way" in text for text in await dev.answers(number=number))


async def test_what_agents_cost(window: Page, dev: Dev) -> None:
    """The figures are those of the API, in all and for each agent, channel and model."""
    await dev.write("Hello", number="15550004446")
    await eventually(lambda: dev.answers(number="15550004446"))
    async with console_page(window, dev, "costs") as page:
        report = (await dev.http.get(f"{service_of(dev)}/v1/usage", params={"by": "agent"})).json()
        for name, value in (("Turns", "turns"), ("Tokens in", "tokens_in"), ("Tokens out", "tokens_out")):
            total = page.locator(".total", has_text=name).locator("strong")
            await expect(total).to_have_text(f"{report['total'][value]:,}")
        await page.get_by_label("By").select_option("agent")

        row = page.locator("tbody tr", has_text="whatsapp-assistant")
        item = next(one for one in report["items"] if one["agent"] == "whatsapp-assistant")
        await expect(row.locator("td").nth(1)).to_have_text(f"{item['turns']:,}")


async def test_a_stopped_account_sends_again(window: Page, dev: Dev) -> None:
    """The circuit breaker is seen with its reason, and closed."""
    number = "15550005556"
    await dev.http.put(f"{dev.page}/control", json={"fail_sends": 50, "fail_code": WRONG_TOKEN})
    await dev.write("Hello", number=number)
    async with console_page(window, dev, "channels") as page:
        card = page.locator(".card", has_text="sending stopped")
        await expect(card).to_contain_text("Nothing is sent from this account")

        await dev.http.put(f"{dev.page}/control", json={})
        await card.get_by_role("button", name="Send again now").click()

        await expect(page.get_by_text("sending stopped")).to_have_count(0)
    await eventually(lambda: dev.answers(number=number))
