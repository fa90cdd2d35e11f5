"""Telegram on the page of the phone, in a real browser."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from simulator.state.samples import SAMPLES_URL
from support.browser import phone_in, type_message
from support.polling import eventually
from support.simulated_bot import FakeBot
from support.simulator import ANA, BEN, RunningSimulator

KEYBOARD = {
    "inline_keyboard": [[{"text": "Small", "callback_data": "s"}], [{"text": "Shop", "url": "https://a.example/"}]]
}
SHARE = {"text": "Share my number", "request_contact": True}
ONCE = {"keyboard": [[SHARE], [{"text": "Not now"}]], "one_time_keyboard": True}


@pytest.fixture
async def telegram(window: Page, meta: RunningSimulator, bot: FakeBot) -> AsyncIterator[Page]:
    """The page of a simulator with both channels, with Ana's chat with the bot open."""
    await bot.listen()
    async with phone_in(window, meta.url):
        await window.get_by_role("radio", name="Telegram").check(force=True)
        await expect(window.locator("#presence")).to_have_text("bot")
        yield window


async def begin(page: Page, bot: FakeBot) -> int:
    """Tap the button Start. Returns the id of the chat."""
    await page.get_by_role("button", name="Start", exact=True).click()
    return int((await bot.received("message"))["chat"]["id"])


async def test_one_channel_needs_no_choice(page: Page) -> None:
    await expect(page.locator("#channels")).to_be_hidden()
    await expect(page.locator("#text")).to_have_attribute("placeholder", "Message")


async def test_the_page_says_where_one_writes(telegram: Page, bot: FakeBot) -> None:
    """Each channel has its own thread and colours. The keyboard changes the channel, and a reload keeps it."""
    await expect(telegram.locator("#text")).to_have_attribute("placeholder", "Message on Telegram")
    accent = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
    on_telegram = await telegram.evaluate(accent)
    await type_message(telegram, "On Telegram")
    await bot.received("message")
    await telegram.get_by_role("radio", name="Telegram").press("ArrowLeft")
    await expect(telegram.locator("#text")).to_have_attribute("placeholder", "Message on WhatsApp")
    await expect(telegram.locator(".bubble")).to_have_count(0)
    assert await telegram.evaluate(accent) != on_telegram
    await telegram.get_by_role("radio", name="WhatsApp").press("ArrowRight")
    await telegram.reload()

    await expect(telegram.locator("#text")).to_have_attribute("placeholder", "Message on Telegram")
    await expect(telegram.locator(".bubble.person .words")).to_have_text("On Telegram")


async def test_an_open_page_learns_of_another_channel(page: Page, bot: FakeBot) -> None:
    """Also when the simulator started again behind it."""
    await expect(page.locator("#channels")).to_be_hidden()
    await bot.listen()

    await expect(page.locator("#channels")).to_be_visible()


async def test_a_chat_begins_with_a_button(telegram: Page, bot: FakeBot) -> None:
    """Telegram has a tick when it has the message, and no others. A reload shows the same."""
    await begin(telegram, bot)

    bubble = telegram.locator(".bubble.person")
    await expect(bubble.locator(".words")).to_have_text("/start")
    await eventually(lambda: _delivered(bot))
    await expect(bubble.locator(".tick")).to_have_attribute("aria-label", "sent")
    await expect(telegram.locator("#keyboard")).to_be_hidden()


async def _delivered(bot: FakeBot) -> bool:
    return [message["status"] for message in await bot.thread()] == ["delivered"]


async def test_entities_are_formatted(telegram: Page, bot: FakeBot) -> None:
    """Marks of WhatsApp are just text, and so is HTML."""
    chat = await begin(telegram, bot)
    text = (
        '😀 <b>bold <i>both</i></b> *stars* &lt;img src=x&gt; <a href="https://a.example/">site</a>'
        "<pre><code class='language-python'>x = 1</code></pre><blockquote>quoted</blockquote>"
    )
    await bot.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML")
    words = telegram.locator(".bubble.business .words")

    await expect(words.locator("strong")).to_have_text("bold both")
    await expect(words.locator("strong em")).to_have_text("both")
    await expect(words).to_contain_text("*stars* <img src=x>")
    await expect(words.locator("a")).to_have_attribute("href", "https://a.example/")
    await expect(words.locator("pre")).to_have_text("x = 1")
    await expect(words.locator("blockquote")).to_have_text("quoted")
    assert await words.locator("img").count() == 0


async def test_typing_is_shown(telegram: Page, bot: FakeBot) -> None:
    chat = await begin(telegram, bot)
    await bot.call("sendChatAction", chat_id=chat, action="typing")
    await expect(telegram.locator(".bubble.typing")).to_be_visible()
    await bot.call("sendMessage", chat_id=chat, text="Done")

    await expect(telegram.locator(".bubble.typing")).to_have_count(0)


async def test_a_button_is_tapped_and_spins(telegram: Page, bot: FakeBot) -> None:
    """Until the bot answers; its words are shown for a moment. A link opens in another tab."""
    chat = await begin(telegram, bot)
    await bot.call("sendMessage", chat_id=chat, text="Which size?", reply_markup=KEYBOARD)
    small = telegram.get_by_role("button", name="Small")
    await small.click()
    query = await bot.received("callback_query")
    await expect(small).to_have_attribute("aria-busy", "true")
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Noted")

    await expect(telegram.get_by_role("status").filter(has_text="Noted")).to_be_visible()
    await expect(small).not_to_have_attribute("aria-busy", "true")
    assert query["data"] == "s"
    await expect(telegram.get_by_role("link", name="Shop")).to_have_attribute("rel", "noopener noreferrer")


async def test_the_own_number_is_shared_with_a_button(telegram: Page, bot: FakeBot) -> None:
    """A keyboard for one use is gone then."""
    chat = await begin(telegram, bot)
    await bot.call("sendMessage", chat_id=chat, text="Your number?", reply_markup=ONCE)
    await telegram.get_by_role("button", name="Share my number").click()
    message = await bot.received("message", 2)

    assert message["contact"]["user_id"] == chat
    assert message["reply_to_message"]["text"] == "Your number?"
    await expect(telegram.locator("#keyboard")).to_be_hidden()
    await expect(telegram.locator(".bubble.person .card")).to_contain_text(f"+{ANA}")


async def test_a_keyboard_writes_texts_until_it_is_removed(telegram: Page, bot: FakeBot) -> None:
    chat = await begin(telegram, bot)
    stays = {"keyboard": [[{"text": "Tea"}, {"text": "Coffee"}]]}
    await bot.call("sendMessage", chat_id=chat, text="What else?", reply_markup=stays)
    await telegram.get_by_role("button", name="Coffee").click()
    assert (await bot.received("message", 2))["text"] == "Coffee"
    await expect(telegram.locator("#keyboard")).to_be_visible()
    await bot.call("sendMessage", chat_id=chat, text="Thanks", reply_markup={"remove_keyboard": True})

    await expect(telegram.locator("#keyboard")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Photo", "photo"),
        ("Voice note", "voice"),
        ("Document", "document"),
        ("Sticker", "sticker"),
        ("My own contact", "contact"),
        ("Poll", "poll"),
        ("Dice", "dice"),
    ],
)
async def test_other_things_are_sent(telegram: Page, bot: FakeBot, name: str, field: str) -> None:
    """What WhatsApp has and Telegram has not is not on the menu."""
    await telegram.get_by_role("button", name="Attach").click()
    await expect(telegram.get_by_role("button", name="Order")).to_have_count(0)
    await telegram.get_by_role("button", name=name, exact=True).click()

    assert field in await bot.received("message")
    await expect(telegram.locator(".bubble.person")).to_be_visible()


async def test_a_location_is_sent(telegram: Page, bot: FakeBot) -> None:
    await telegram.get_by_role("button", name="Attach").click()
    await telegram.get_by_role("button", name="Location…").click()
    await telegram.get_by_role("dialog").get_by_role("button", name="Send").click()

    assert (await bot.received("message"))["venue"]["title"] == "Café Central"


async def test_files_of_the_bot_are_shown(telegram: Page, bot: FakeBot, meta: RunningSimulator) -> None:
    chat = await begin(telegram, bot)
    await bot.call("sendPhoto", chat_id=chat, photo=f"{SAMPLES_URL}photo.jpg", caption="<b>Ours</b>", parse_mode="HTML")
    await bot.call("sendVoice", chat_id=chat, voice=f"{SAMPLES_URL}voice.ogg")
    await bot.call("sendContact", chat_id=chat, phone_number="+56 9 3", first_name="Cleo")

    await expect(telegram.locator(".bubble.business img")).to_be_visible()
    await expect(telegram.locator(".bubble.business strong").first).to_have_text("Ours")
    await expect(telegram.get_by_label("Voice note")).to_be_visible()
    await expect(telegram.locator(".bubble.business .card").last).to_contain_text("Cleo")
    assert meta.simulator.sent == []


async def test_messages_are_reacted_to_edited_and_replied_to(telegram: Page, bot: FakeBot) -> None:
    """The menu has what Telegram has: nothing is deleted for everyone, as bots do not hear of it."""
    await bot.listen(allowed=["message", "edited_message", "message_reaction"])
    await type_message(telegram, "Two teas")
    own = telegram.locator(".bubble.person").first
    await own.hover()
    await own.get_by_role("button", name="Message options").click()
    await expect(telegram.get_by_role("button", name="Delete for everyone")).to_have_count(0)
    await telegram.get_by_role("button", name="React with 🔥").click()
    assert (await bot.received("message_reaction"))["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]
    await own.hover()
    await own.get_by_role("button", name="Message options").click()
    await telegram.get_by_role("button", name="Edit").click()
    await telegram.get_by_label("Text").fill("Three teas")
    await telegram.get_by_role("button", name="Save").click()
    assert (await bot.received("edited_message"))["text"] == "Three teas"
    await own.hover()
    await own.get_by_role("button", name="Message options").click()
    await telegram.get_by_role("button", name="Reply", exact=True).click()
    await type_message(telegram, "And cake")

    assert (await bot.received("message", 2))["reply_to_message"]["text"] == "Three teas"


async def test_the_bot_is_blocked_and_unblocked(telegram: Page, bot: FakeBot) -> None:
    await begin(telegram, bot)
    await telegram.get_by_role("button", name="Attach").click()
    await telegram.get_by_role("button", name="Block the bot").click()
    await telegram.get_by_role("button", name="Unblock the bot").click()

    assert (await bot.received("my_chat_member", 2))["new_chat_member"]["status"] == "member"
    await expect(telegram.locator("#keyboard")).to_be_hidden()


async def test_the_list_leads_to_the_channel_with_news(telegram: Page, bot: FakeBot, meta: RunningSimulator) -> None:
    """It shows the latest message of both channels with the sign of its channel, and counts what is unread on both."""
    chat = await bot.chat(BEN)
    await telegram.get_by_role("radio", name="WhatsApp").check(force=True)
    await meta.send("On WhatsApp", to=f"+{BEN}")
    await bot.call("sendMessage", chat_id=chat, text="On Telegram")
    row = telegram.locator(f"[data-number='{BEN}']")
    await expect(row.locator("b")).to_have_text("2")
    await expect(row.get_by_role("img", name="On Telegram")).to_be_visible()
    await row.click()
    await expect(telegram.locator(".bubble.business .words")).to_have_text("On WhatsApp")
    await expect(telegram.get_by_role("radio", name="Telegram, 1 unread")).to_be_attached()
    await row.locator("xpath=../preceding-sibling::li/button").click()
    await row.click()

    await expect(telegram.locator(".bubble.business .words")).to_have_text("On Telegram")
    await expect(row.locator("b")).to_have_count(0)


async def test_a_small_screen_has_room_for_the_switch(telegram: Page, bot: FakeBot) -> None:
    """Nothing is wider than the screen. The menu of a bubble covers neither its letters nor its ticks."""
    await telegram.set_viewport_size({"width": 390, "height": 844})
    await type_message(telegram, "A-very-long-word-" * 20)
    await bot.received("message")
    width = await telegram.evaluate("document.scrollingElement.scrollWidth")
    bubble = telegram.locator(".bubble.person")
    box, menu = await bubble.bounding_box(), await bubble.get_by_label("Message options").bounding_box()

    assert width <= 390
    assert box
    assert menu
    assert menu["x"] + menu["width"] <= box["x"] + 1
    assert menu["x"] >= 0
    await expect(telegram.locator("#channels")).to_be_in_viewport()
