"""Objects with several parts, with none, or in unusual forms."""

import json

import pytest

from application.agent_markup.answer import AgentReply, read_agent_reply
from domain.messages.outbound import (
    ButtonsPart,
    ContactsPart,
    DraftPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.part_limits import MAX_PARTS
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind

PLACE = {"latitude": 1, "longitude": 2}
LINK = "https://example.org/a.png"
HERE = LocationPart(location=Location(latitude=1, longitude=2))
THUMB = ReactionPart(message_id="wamid.1", emoji="👍")
IMAGE = MediaPart(kind=MediaKind.IMAGE, link=LINK)
YES = (Choice(id="Yes", title="Yes"),)
SHIPPED = {"name": "shipped", "language": "en"}


def read(*items: object) -> AgentReply[DraftPart]:
    return read_agent_reply("", data={"messages": list(items)}, message_ids=["wamid.1"])


@pytest.mark.parametrize("nothing", [None, False, "", " ", "\u200b", [], {}, 0])
def test_an_empty_hand_over_key_does_not_hand_over(nothing: object) -> None:
    """Models that fill a schema write every key."""
    assert read({"text": "Hello.", "hand_over": nothing}) == AgentReply(parts=(TextPart(body=Markdown("Hello.")),))


def test_hand_over_takes_true_or_a_reason() -> None:
    """The other keys of the object are read too."""
    assert read({"hand_over": True}).hand_over
    assert read({"hand_over": "angry", "text": "Wait?", "buttons": ["Yes"]}) == AgentReply(
        parts=(ButtonsPart(body=Markdown("Wait?"), choices=YES),), hand_over="angry"
    )


@pytest.mark.parametrize("nothing", [None, "", [], {}, False])
@pytest.mark.parametrize("key", ["reaction", "buttons", "list", "image", "location", "contacts", "template", "data"])
def test_an_empty_key_is_ignored(key: str, nothing: object) -> None:
    """The text beside it is sent."""
    assert read({"text": "Hello.", key: nothing}) == AgentReply(parts=(TextPart(body=Markdown("Hello.")),))


def test_of_a_filled_schema_only_keys_with_values_count() -> None:
    """Also within inner objects."""
    place = PLACE | {"name": None, "address": None}
    every = dict.fromkeys(["text", "buttons", "image", "caption", "reaction", "to", "reply_to", "footer", "hand_over"])

    assert read(every | {"location": place}) == AgentReply(parts=(HERE,))
    assert read(every | {"text": "", "reaction": ""}).parts == ()
    assert read(every | {"text": "", "reaction": "👍"}) == AgentReply(parts=(THUMB,))


@pytest.mark.parametrize(
    ("item", "parts"),
    [
        ({"location": PLACE, "text": "Here."}, (TextPart(body=Markdown("Here.")), HERE)),
        (
            {"contacts": [{"name": "Ana"}], "text": "Ask her."},
            (TextPart(body=Markdown("Ask her.")), ContactsPart(cards=(ContactCard(name="Ana"),))),
        ),
        ({"reaction": "👍", "text": "Great!"}, (TextPart(body=Markdown("Great!")), THUMB)),
        (
            {"template": SHIPPED, "text": "News."},
            (TextPart(body=Markdown("News.")), TemplatePart(name="shipped", language="en")),
        ),
        (
            {"image": LINK, "caption": "Ours", "text": "Look."},
            (TextPart(body=Markdown("Look.")), MediaPart(kind=MediaKind.IMAGE, link=LINK, caption=Markdown("Ours"))),
        ),
        (
            {"image": LINK, "buttons": ["Yes"], "text": "This?"},
            (IMAGE, ButtonsPart(body=Markdown("This?"), choices=YES)),
        ),
        (
            {"image": LINK, "location": PLACE, "text": "Us"},
            (MediaPart(kind=MediaKind.IMAGE, link=LINK, caption=Markdown("Us")), HERE),
        ),
        (
            {"buttons": ["Yes"], "list": ["Yes"], "text": "Now?"},
            (
                ButtonsPart(body=Markdown("…"), choices=YES),
                MenuPart(body=Markdown("Now?"), sections=(MenuSection(choices=YES),)),
            ),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_one_object_may_become_several_parts(item: dict[str, object], parts: tuple[Part, ...]) -> None:
    """None is lost. Questions come last, so that the person can answer them."""
    assert read(item) == AgentReply(parts=parts)


def test_only_the_first_of_several_is_the_reply() -> None:
    """The others follow it."""
    first, second = read({"location": PLACE, "text": "Here.", "reply_to": True}).parts

    assert (first, second) == (TextPart(body=Markdown("Here."), reply_to="wamid.1"), HERE)


def test_an_invalid_key_does_not_affect_the_others() -> None:
    """The other parts and the text are sent."""
    reply = read({"image": "file:///etc/passwd", "buttons": ["Yes"], "text": "This?"})

    assert reply.parts == (ButtonsPart(body=Markdown("This?"), choices=YES),)
    assert reply.problems == ("image is not an https address",)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ({"text": "Hi.", "quick_replies": ["Yes"]}, "quick_replies"),
        ({"template": SHIPPED | {"components": []}}, "template.components"),
        ({"location": PLACE | {"title": "Pier"}, "zoom": 3}, "location.title, zoom"),
        ({"text": "Hi.", "\ud83d\n": 1}, "?"),
    ],
    ids=str,
)
def test_unknown_keys_are_reported(item: object, named: str) -> None:
    """The author of the prompt meant something by them."""
    reply = read(item)

    assert reply.parts
    assert reply.problems == (f"unknown keys: {named}",)


@pytest.mark.parametrize(
    ("item", "part"),
    [
        ({"location": {"latitude": "1", "longitude": "2.0"}}, HERE),
        (
            {"contacts": [{"name": "Ana", "phones": "+1"}]},
            ContactsPart(cards=(ContactCard(name="Ana", phones=("+1",)),)),
        ),
        ({"text": "Now?", "buttons": "Yes"}, ButtonsPart(body=Markdown("Now?"), choices=YES)),
        ({"buttons": ["Yes"]}, ButtonsPart(body=Markdown("…"), choices=YES)),
        ({"link": {"title": "*Open*", "url": LINK}}, LinkPart(body=Markdown("…"), title="Open", url=LINK)),
    ],
    ids=str,
)
def test_a_likely_meaning_is_accepted(item: object, part: Part) -> None:
    """Numbers in quotes, a text in place of a list, a question without a text."""
    assert read(item) == AgentReply(parts=(part,))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**Yes**", "Yes"),
        ("*Yes*, please", "Yes, please"),
        ("`A` or _B_", "A or B"),
        ("snake_case_name", "snake_case_name"),
        ("2*3*4", "2*3*4"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("\u200bYes", "\u200bYes"),
    ],
)
def test_titles_have_no_emphasis(written: str, shown: str) -> None:
    """A button would show the marks."""
    (part,) = read({"text": "**Now?**", "buttons": [written]}).parts

    assert part == ButtonsPart(body=Markdown("**Now?**"), choices=(Choice(id=shown, title=shown),))


def test_invisible_text_is_no_part() -> None:
    """It would be an empty bubble."""
    assert read_agent_reply("\u200b\n", data={"messages": [{"text": "\u3164"}]}).parts == ()


def test_an_answer_is_ten_parts_at_most() -> None:
    """The last part has the rest as text, and the problem is reported."""
    questions = [{"text": f"Question {number}?", "buttons": ["Yes"]} for number in range(1, 201)]

    reply = read_agent_reply("".join(f"```trunkline\n{json.dumps(question)}\n```\n" for question in questions))

    assert len(reply.parts) == MAX_PARTS
    *kept, last = reply.parts
    assert all(isinstance(part, ButtonsPart) for part in kept)
    assert isinstance(last, TextPart)
    assert last.body.text.startswith("Question 10?\n\n1. Yes\n\nQuestion 11?\n\n1. Yes")
    assert last.body.text.endswith("Question 200?\n\n1. Yes")
    assert reply.problems == ("more than 10 parts, the rest is sent as text, without reactions and templates",)


def test_ten_parts_are_not_too_many() -> None:
    """Texts next to each other count as one."""
    items = [{"location": PLACE}] * 9 + [{"text": "a"}, {"text": "b"}]

    assert read(*items).problems == ()
    assert len(read(*items, {"location": PLACE}).parts) == MAX_PARTS
    assert read(*items, {"reaction": "👍"}).problems
