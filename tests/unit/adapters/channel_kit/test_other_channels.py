"""Rendering for channels with other limits than WhatsApp's."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adapters.channel_kit.contracts.parts import LARGE, LINK, PARTS, PHOTO, SMALL
from adapters.channel_kit.dialects.html import HtmlDialect
from adapters.channel_kit.dialects.plain import PlainDialect
from adapters.channel_kit.rendering import Renderer
from application.ports.capabilities import Capabilities, ChoiceLimits, TextUnit
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    LinkPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    TemplatePart,
    TextPart,
)
from domain.messages.plain_text import describe_part
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice, MediaKind
from support.whatsapp_texts import as_markdown

SMS = Capabilities(type="sms", unit=TextUnit.BYTES, text=140)
BOT = Capabilities(
    type="bot",
    unit=TextUnit.UTF16,
    text=4096,
    files=frozenset(MediaKind),
    caption=1024,
    captioned=frozenset(MediaKind),
    body=4096,
    buttons=ChoiceLimits(count=8, title=40, id_bytes=64, body=4096),
    link_title=40,
)
TO_SMS = Renderer(capabilities=SMS, dialect=PlainDialect())
TO_BOT = Renderer(capabilities=BOT, dialect=HtmlDialect())
ASKED = ButtonsPart(body=Markdown("Which **size**?"), choices=(SMALL, LARGE))


def texts(parts: tuple[Part, ...]) -> list[str]:
    return [part.body.text for part in parts if isinstance(part, TextPart)]


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_channel_of_plain_texts_shows_every_part_as_text(part: Part) -> None:
    """Choices have numbers, and addresses are there in full. Of a file without one, the caption is left."""
    shown = TO_SMS(as_markdown(part))

    match part:
        case TemplatePart(header_file=file):
            assert texts(shown) == [*([file.link] if file else []), *part.parameters]
        case MediaPart(link=link) if link:
            assert texts(shown) == [link]
        case _:
            assert texts(shown) == [describe_part(part)]


def test_a_reaction_is_a_reply_where_there_are_none() -> None:
    """The channel cannot show it."""
    (reaction,) = [part for part in PARTS if hasattr(part, "emoji")]

    assert texts(TO_SMS(reaction)) == ["👍"]


def test_a_template_is_its_file_and_its_values_where_there_are_none() -> None:
    """Only the channel that approved it has its words."""
    file = MediaPart(kind=MediaKind.IMAGE, link=PHOTO)
    template = TemplatePart(name="ready", language="en", header_file=file, parameters=("Ana", "4711"))

    assert TO_BOT(template) == (file, TextPart(body="Ana\n4711"))
    assert TO_BOT(template, at_most=1) == (file,)


def test_a_plain_text_has_no_marks() -> None:
    """Emphasis is lost, and addresses are not."""
    part = TextPart(body=Markdown("**Our** [prices](https://a.example) in `code`"))

    assert texts(TO_SMS(part)) == ["Our prices (https://a.example) in code"]


def test_a_list_is_shown_as_buttons_where_there_are_no_lists() -> None:
    """If they hold its choices."""
    few = MenuPart(body="Which?", sections=(MenuSection(choices=(SMALL, LARGE)),))

    assert TO_BOT(few) == (ButtonsPart(body="Which?", choices=(SMALL, LARGE)),)


def test_titles_and_descriptions_of_a_list_stand_above_its_buttons() -> None:
    """In the order of the buttons. Their words are no markup."""
    cake = Choice(id="c", title="Cake", description="*for two*")
    sections = (MenuSection(title="Sweet", choices=(cake,)), MenuSection(title="Salty", choices=(SMALL,)))

    (asked,) = TO_BOT(MenuPart(body=Markdown("**Which?**"), sections=sections))

    assert asked.body.text == "Which?\n\nSweet\nCake: *for two*\nSalty"
    assert asked.choices == (evolve(cake, description=""), SMALL)


@pytest.mark.parametrize(
    "choices",
    [
        tuple(Choice(id=str(number), title=f"Size {number}") for number in range(9)),
        (Choice(id="字" * 22, title="Small"),),
    ],
    ids=["too many", "an id of 66 bytes"],
)
def test_choices_that_buttons_cannot_hold_have_numbers(choices: tuple[Choice, ...]) -> None:
    """Where there are no lists either."""
    (text,) = texts(TO_BOT(evolve(ASKED, choices=choices)))

    assert text.startswith("Which size?\n\n1. ")


def test_who_cannot_be_given_a_button_is_asked_for_the_number_as_text() -> None:
    """They may type it. Where there is a button, its title is cut to what fits."""
    request = ContactRequestPart(body="Your number?", title="Share my number with you")

    assert texts(TO_SMS(request)) == ["Your number?"]
    (asked,) = evolve(TO_BOT, capabilities=evolve(TO_BOT.capabilities, contact_request_title=16))(request)
    assert asked == evolve(request, title="Share my number…")


def test_a_link_needs_a_button_that_opens_it() -> None:
    """Its title may be as long as the channel allows."""
    link = LinkPart(body="All we have", title="See all of our menu here", url=LINK)

    assert TO_BOT(link) == (link,)


def test_a_caption_is_as_long_as_the_channel_allows() -> None:
    """The channel without captions gets a text."""
    photo = MediaPart(kind=MediaKind.VOICE, link=PHOTO, caption="Ours")

    assert TO_BOT(photo) == (photo,)
    assert texts(TO_SMS(photo)) == [f"Ours\n\n{PHOTO}"]


pieces: Any = st.sampled_from(
    ["word ", "字", "é", "😀", "**b**", "\n\n", "`c`", "[l](https://a.example)", "```\nx\n```\n"]
)


@given(st.lists(pieces, min_size=1, max_size=200).map("".join))
def test_every_text_fits_in_the_unit_of_the_channel(markdown: str) -> None:
    """Bytes, and UTF-16 code units. Nothing is lost in between."""
    part = TextPart(body=Markdown(markdown))
    short = evolve(BOT, text=60)

    in_bytes = texts(TO_SMS(part, at_most=1000))
    in_units = texts(Renderer(capabilities=short, dialect=HtmlDialect())(part, at_most=1000))

    assert all(len(text.encode()) <= 140 for text in in_bytes)
    assert all(len(text.encode("utf-16-le")) // 2 <= 60 for text in in_units)
    assert "".join("".join(in_bytes).split()) == "".join("".join(in_units).split())
