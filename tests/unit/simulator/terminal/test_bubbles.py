"""The messages of a business, as lines of a terminal."""

import pytest

from simulator.state.chat_messages import Author, ChatMessage
from simulator.terminal.bubbles import bubble_lines, tappable

LINK = "https://shop.example/file"
YES = {"type": "reply", "reply": {"id": "y", "title": "Yes"}}
CARD = {
    "name": {"formatted_name": "Carla Moreno"},
    "org": {"company": "Tea House"},
    "phones": [{"phone": "+15550006666"}],
    "emails": [{"email": "carla@shop.example"}],
}


def lines(kind: str, content: object, body: str = "Well?", **more: object) -> list[str]:
    message = ChatMessage(number="1", author=Author.BUSINESS, body=body, type=kind, content=content, **more)
    return bubble_lines(message.as_json())


INLINE = {"inline_keyboard": [[{"text": "Tea", "callback_data": "t"}], [{"text": "Shop", "url": LINK}]]}
KEYS = {"keyboard": [[{"text": "My number", "request_contact": True}, "Not now"]]}


@pytest.mark.parametrize(
    ("markup", "shown", "kinds"),
    [
        (INLINE, ["Well?", f"  [Shop] {LINK}", "  /1 Tea"], ["button"]),
        (KEYS, ["Well?", "  /1 My number", "  /2 Not now"], ["contact_key", "key"]),
    ],
)
def test_the_buttons_of_a_bot(markup: object, shown: list[str], kinds: list[str]) -> None:
    """Those that open an address cannot be tapped here."""
    content = {"body": "Well?", "reply_markup": markup}
    message = ChatMessage(number="1", channel="telegram", author=Author.BUSINESS, body="Well?", content=content)

    assert bubble_lines(message.as_json()) == shown
    assert [choice.kind for choice in tappable(message.as_json())] == kinds


def test_a_card_of_a_bot() -> None:
    assert lines("contacts", {"cards": [CARD]}, channel="telegram")[0].startswith("[contact] Carla Moreno")


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("text", {"body": "Well?"}, "Well?"),
        ("image", {"link": LINK, "caption": "Our shop"}, f"[image] Our shop {LINK}"),
        ("audio", {"link": LINK, "voice": True}, f"[voice note] {LINK}"),
        ("document", {"link": LINK, "filename": "bill.pdf"}, f"[document] bill.pdf {LINK}"),
        ("sticker", {"id": "1"}, "[sticker]"),
        (
            "location",
            {"latitude": "1.5", "longitude": "2", "name": "Shop", "address": "Main St 1"},
            "[location] Shop, Main St 1 (1.5, 2) https://www.openstreetmap.org/?mlat=1.5&mlon=2",
        ),
        ("contacts", [CARD], "[contact] Carla Moreno, Tea House, +15550006666, carla@shop.example"),
        ("order", {}, "Well?"),
    ],
)
def test_one_line(kind: str, content: object, shown: str) -> None:
    """A line has the type and the content of the message."""
    assert lines(kind, content) == [shown]


@pytest.mark.parametrize(
    ("kind", "action", "shown"),
    [
        ("button", {"buttons": [YES]}, "  /1 Yes"),
        ("cta_url", {"parameters": {"display_text": "Shop", "url": LINK}}, f"  [Shop] {LINK}"),
        ("flow", {"parameters": {"flow_cta": "Book"}}, "  [Book] a form. Fill it in on the phone's page."),
        ("location_request_message", {"name": "send_location"}, "  [Send location] on the phone's page"),
        ("request_contact_info", {"name": "request_contact_info"}, "  [Share contact] on the phone's page"),
    ],
)
def test_a_question(kind: str, action: object, shown: str) -> None:
    """The lines have the text and the actions of the question."""
    assert lines("interactive", {"type": kind, "action": action}) == ["Well?", shown]


def test_a_question_under_a_picture() -> None:
    """The header is above the text."""
    content = {"type": "button", "header": {"type": "image", "image": {"link": LINK}}, "action": {"buttons": [YES]}}

    assert lines("interactive", content) == [f"[image] {LINK}", "Well?", "  /1 Yes"]


def test_a_template() -> None:
    """A quick reply has its payload as id."""
    message = ChatMessage(
        number="1",
        author=Author.BUSINESS,
        body="Still coming?",
        type="template",
        content={"name": "reminder"},
        quick_replies=({"text": "Yes", "payload": "coming"},),
    ).as_json()

    assert bubble_lines(message) == ["[template reminder] Still coming?", "  /1 Yes"]
    assert [offer.id for offer in tappable(message)] == ["coming"]
