"""The limits of each type of message."""

import copy

import pytest

from simulator.graph_api.contents import TYPES
from simulator.graph_api.errors import GraphError
from simulator.graph_api.requests import SendRequest, parse_request

CARD = {"name": {"formatted_name": "Carla Moreno", "first_name": "Carla"}}
BUTTON = {"type": "reply", "reply": {"id": "1", "title": "Yes"}}
ROW = {"id": "1", "title": "9:00"}


def question(kind: str, action: object, **more: object) -> dict:
    return {"type": kind, "body": {"text": "Please choose"}, "action": action, **more}


def buttons(*replies: dict, **more: object) -> dict:
    return question("button", {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}, **more)


def rows(*items: dict, button: str = "Times", title: str = "Today") -> dict:
    return question("list", {"button": button, "sections": [{"title": title, "rows": list(items)}]})


def numbered(count: int) -> list[dict]:
    return [{"id": str(number), "title": f"Row {number}"} for number in range(count)]


def link(**parameters: str) -> dict:
    return question("cta_url", {"name": "cta_url", "parameters": parameters})


def flow(**parameters: str) -> dict:
    return question("flow", {"name": "flow", "parameters": {"flow_message_version": "3", **parameters}})


def template(*components: dict, name: str = "hello", code: str = "en_US") -> dict:
    return {"name": name, "language": {"code": code}, "components": list(components)}


def parsed(kind: str, content: object) -> SendRequest:
    message = {"messaging_product": "whatsapp", "to": "+15550002222", "type": kind, kind: copy.deepcopy(content)}
    request = parse_request(message)
    assert isinstance(request, SendRequest)
    return request


@pytest.mark.parametrize(
    ("kind", "content", "line"),
    [
        ("image", {"id": "1", "caption": "x" * 1024}, "x" * 1024),
        ("video", {"link": "https://shop.example/film.mp4"}, "[video]"),
        ("document", {"id": "1", "filename": "menu.pdf"}, "menu.pdf"),
        ("audio", {"id": "1", "voice": True}, "[audio]"),
        ("sticker", {"id": "1"}, "[sticker]"),
        ("location", {"latitude": 90, "longitude": "-180", "address": "Main St"}, "Main St"),
        ("contacts", [CARD, CARD], "Carla Moreno, Carla Moreno"),
        ("reaction", {"message_id": "wamid.1", "emoji": "👍"}, "👍"),
        ("reaction", {"message_id": "wamid.1", "emoji": ""}, "[reaction removed]"),
        (
            "interactive",
            buttons(*({"id": "i" * 255 + str(n), "title": "t" * 19 + str(n)} for n in range(3))),
            "Please choose",
        ),
        ("interactive", rows(*numbered(10), button="b" * 20, title="t" * 24), "Please choose"),
        ("interactive", rows(ROW | {"id": "i" * 200, "title": "t" * 24, "description": "d" * 72}), "Please choose"),
        ("interactive", rows(ROW) | {"body": {"text": "b" * 4096}}, "b" * 4096),
        ("interactive", link(display_text="t" * 20, url="https://shop.example"), "Please choose"),
        ("interactive", flow(flow_cta="c" * 30, flow_name="booking", flow_action="navigate"), "Please choose"),
        (
            "interactive",
            buttons(BUTTON["reply"], header={"type": "text", "text": "h" * 60}, footer={"text": "f" * 60}),
            "Please choose",
        ),
        ("interactive", buttons(BUTTON["reply"], header={"type": "image", "image": {"id": "1"}}), "Please choose"),
        ("template", template(), "[hello]"),
    ],
)
def test_taken(kind: str, content: object, line: str) -> None:
    """A content within the limits is accepted, and has its line for the list of chats."""
    assert parsed(kind, content).body == line


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("image", {}, 100),
        ("image", {"id": "1", "link": "https://shop.example/tea.jpg"}, 100),
        ("image", {"link": "ftp://shop.example/tea.jpg"}, 131009),
        ("image", {"id": "1", "caption": "x" * 1025}, 100),
        ("image", {"link": "https://[tea"}, 131009),
        ("audio", {"id": "1", "caption": "Listen"}, 100),
        ("audio", {"id": "1", "voice": "yes"}, 100),
        ("video", {"id": "1", "voice": True}, 100),
        ("sticker", {"id": "1", "caption": "Look"}, 100),
        ("location", {"latitude": "1"}, 131008),
        ("location", {"latitude": "north", "longitude": "1"}, 131009),
        ("location", {"latitude": "91", "longitude": "1"}, 131009),
        ("location", {"latitude": "nan", "longitude": "1"}, 131009),
        ("contacts", [], 131008),
        ("contacts", {"name": {}}, 100),
        ("contacts", [CARD] * 258, 100),
        ("contacts", [{"name": {"formatted_name": "Carla"}}], 100),
        ("contacts", [CARD | {"phones": "+15550006666"}], 100),
        ("reaction", {"emoji": "👍"}, 131008),
        ("reaction", {"message_id": "wamid.1"}, 131008),
        ("interactive", {"body": {"text": "x"}}, 131008),
        ("interactive", question("quiz", {}), 100),
        ("interactive", buttons(BUTTON["reply"]) | {"body": {"text": "x" * 1025}}, 100),
        ("interactive", buttons(), 131008),
        ("interactive", buttons(*({"id": str(n), "title": str(n)} for n in range(4))), 100),
        ("interactive", buttons({"id": "1", "title": "t" * 21}), 100),
        ("interactive", buttons({"id": "i" * 257, "title": "Yes"}), 100),
        ("interactive", buttons({"id": "1", "title": "Yes"}, {"id": "2", "title": "Yes"}), 100),
        ("interactive", buttons({"id": "1", "title": "Yes"}, {"id": "1", "title": "No"}), 100),
        ("interactive", question("button", {"buttons": [{"type": "link", "reply": {}}]}), 131009),
        ("interactive", buttons(BUTTON["reply"], header={"type": "text", "text": "h" * 61}), 100),
        ("interactive", buttons(BUTTON["reply"], header={"type": "sticker"}), 131009),
        ("interactive", buttons(BUTTON["reply"], footer={"text": "f" * 61}), 100),
        ("interactive", rows(*numbered(11)), 100),
        ("interactive", rows(ROW, ROW), 100),
        ("interactive", rows(ROW, button="b" * 21), 100),
        ("interactive", rows(ROW, title="t" * 25), 100),
        ("interactive", rows(ROW | {"title": "t" * 25}), 100),
        ("interactive", rows(ROW | {"id": "i" * 201}), 100),
        ("interactive", rows(ROW | {"description": "d" * 73}), 100),
        ("interactive", rows(ROW) | {"header": {"type": "image", "image": {"id": "1"}}}, 131009),
        ("interactive", question("list", {"button": "b", "sections": [{"rows": numbered(6)}] * 2}), 100),
        ("interactive", link(display_text="t" * 21, url="https://shop.example"), 100),
        ("interactive", link(display_text="Open", url="javascript:alert(1)"), 131009),
        ("interactive", flow(flow_cta="c" * 31, flow_id="1"), 100),
        ("interactive", flow(flow_cta="Book"), 131008),
        ("interactive", flow(flow_cta="Book", flow_id="1", flow_action="jump"), 131009),
        ("interactive", question("location_request_message", {"name": "send_place"}), 131009),
        ("template", template(name="Hello World"), 132001),
        ("template", template(code="English"), 131009),
        ("template", template({"type": "footer"}), 131009),
        ("template", template({"type": "body", "parameters": [{"text": "Ana"}]}), 131008),
        ("template", template({"type": "button", "sub_type": "quick_reply", "index": "first"}), 131009),
    ],
)  # fmt: skip
def test_refused(kind: str, content: object, code: int) -> None:
    """A content beyond a limit or of another shape is refused, with Meta's code."""
    with pytest.raises(GraphError) as refused:
        parsed(kind, content)

    assert refused.value.body["error"]["code"] == code


def test_a_reaction_is_no_reply() -> None:
    """A reaction cannot be a reply, because it names its message itself."""
    message = {
        "messaging_product": "whatsapp",
        "to": "+15550002222",
        "type": "reaction",
        "reaction": {"message_id": "wamid.1", "emoji": "👍"},
        "context": {"message_id": "wamid.1"},
    }

    with pytest.raises(GraphError):
        parse_request(message)


@pytest.mark.parametrize("kind", sorted(TYPES))
@pytest.mark.parametrize("content", [None, "text", 7, [], [[]], {"type": 7}])
def test_other_shapes_are_refused_in_each_type(kind: str, content: object) -> None:
    """Content of another shape is refused with an error of the Graph API."""
    with pytest.raises(GraphError):
        parsed(kind, content)
