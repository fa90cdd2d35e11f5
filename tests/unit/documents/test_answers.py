"""docs/answers.md says what each channel makes of an answer, as the readers of blocks and the capabilities have it."""

import re
from collections.abc import Mapping

import pytest

from adapters.channel_kit.dialects.plain import PlainDialect
from adapters.channel_kit.rendering import Renderer
from adapters.telegram.capabilities import TELEGRAM
from adapters.whatsapp.capabilities import WHATSAPP
from application.agent_markup.answer import read_agent_reply
from application.agent_markup.items import KINDS
from application.ports.capabilities import Capabilities, TextUnit
from domain.messages.outbound import FilePart, TextPart
from domain.messages.shared_values import MediaKind
from entrypoints.bootstrap.installed_channel_types import OWN
from support.documents import ROOT

PAGE = (ROOT / "docs/answers.md").read_text(encoding="utf-8")
OBJECTS, BY_CHANNEL = re.findall(r"^\| object \|.*\n\| ---.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
ROWS = {
    key: tuple(cell.strip() for cell in cells)
    for first, *cells in (line.strip("|\n ").split(" | ") for line in BY_CHANNEL.splitlines())
    for key in re.findall(r"`(\w+)`", first)
}
# In the order of the columns. The last one has texts alone.
CHANNELS = {"whatsapp": WHATSAPP, "telegram": TELEGRAM, "": Capabilities(type="texts", text=1000)}
FILE = "https://example.org/file"
SAMPLES: Mapping[str, Mapping[str, object]] = {
    "text": {"text": "Hello."},
    "buttons": {"text": "Which?", "buttons": ["Small", "Large"]},
    "list": {"text": "Which?", "list": ["Small", "Large"]},
    "link": {"text": "Look.", "link": {"title": "Shop", "url": FILE}},
    "contact_request": {"text": "Your number?", "contact_request": "Share"},
    **{kind.value: {kind.value: FILE, "caption": "Look."} for kind in MediaKind},
    "data": {"type": "document", "data": "JVBERi0xLjcK", "caption": "Look."},
    "location": {"location": {"latitude": 1.5, "longitude": 2.5}},
    "contacts": {"contacts": [{"name": "Ana", "phones": ["+1 555 000 2222"]}]},
    "reaction": {"reaction": "👍"},
    "form": {"text": "Fill it in.", "form": {"id": "1", "button": "Open"}},
    "template": {"template": {"name": "shipped", "language": "en", "parameters": ["Ana"]}},
}


def limits(key: str, can: Capabilities) -> set[int]:
    """The limits that the row of this key names."""
    rows = can.rows
    as_buttons = (can.buttons.count, can.buttons.title) if can.buttons else ()
    by_key: Mapping[str, tuple[int, ...]] = {
        "text": (can.text,),
        "buttons": as_buttons,
        "list": (rows.count, rows.title, rows.description) if rows else as_buttons,
        "link": (can.link_title,),
        # WhatsApp shows no title of ours.
        "contact_request": () if can is WHATSAPP else (can.contact_request_title,),
        **{kind.value: (can.caption if kind in can.captioned else 0,) for kind in MediaKind},
        "contacts": (can.cards,),
        "reaction": (len(can.emoji),),
        "form": (can.form_title,),
    }
    return set(by_key.get(key, ())) - {0}


def test_every_key_of_a_block_has_its_rows() -> None:
    """In the table of objects, and in that of channels, which also says what a reply is."""
    described = set(re.findall(r"\w+", OBJECTS))

    assert ROWS.keys() == KINDS | {"reply_to"}
    assert described >= KINDS


def test_every_channel_has_its_column() -> None:
    """In the order of the types, and one for channels that lack the row."""
    (header,) = re.findall(r"^\| object \| (WhatsApp.*) \|$", PAGE, re.MULTILINE)

    assert [title.lower() for title in header.split(" | ")] == [*(kind.name for kind in OWN), "a channel without it"]
    assert [kind.name for kind in OWN] == [name for name in CHANNELS if name]


@pytest.mark.parametrize("column", range(2), ids=list(CHANNELS)[:2])
@pytest.mark.parametrize("key", ROWS)
def test_the_limits_are_those_of_the_channel(key: str, column: int) -> None:
    """The numbers in a cell are those of the channel's capabilities, all of them and no others."""
    can = list(CHANNELS.values())[column]

    assert {int(number) for number in re.findall(r"\d+", ROWS[key][column])} == limits(key, can)
    assert can.unit is TextUnit.UTF16
    assert f"Lengths are in {can.unit}" in PAGE


@pytest.mark.parametrize("column", range(3), ids=["whatsapp", "telegram", "texts alone"])
@pytest.mark.parametrize("key", SAMPLES)
def test_what_becomes_text_is_said_to_become_text(key: str, column: int) -> None:
    """A cell begins with "text" where the channel shows nothing but text, and only there."""
    can = list(CHANNELS.values())[column]
    (draft,) = read_agent_reply("", data={"messages": [SAMPLES[key]]}, message_ids=["m1"]).parts
    part = draft.uploaded_as("1") if isinstance(draft, FilePart) else draft

    shown = Renderer(capabilities=can, dialect=PlainDialect())(part)

    becomes_text = key != "text" and all(isinstance(part, TextPart) for part in shown)
    assert shown
    assert ROWS[key][column].startswith("text") == becomes_text


@pytest.mark.parametrize("key", sorted(KINDS - SAMPLES.keys()))
def test_the_other_keys_are_shown_nowhere(key: str) -> None:
    """They say who answers from then on."""
    sample: object = "a human, please" if key == "hand_over" else {"handoff_agent": "billing"}

    assert read_agent_reply("", data={"messages": [{key: sample}]}).parts == ()
    assert set(ROWS[key]) == {"not shown"}
