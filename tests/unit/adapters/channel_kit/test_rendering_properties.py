"""For any part, Meta accepts the messages, and the person can choose."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.whatsapp.graph.messages import graph_message
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TextPart,
    offered,
)
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind
from support.graph_limits import complaints
from support.whatsapp_texts import render

# What the digits stand for in a text that is drawn, because a text is drawn much sooner than a list.
LONGER = str.maketrans({"0": "```", "1": "👨‍👩‍👧", "2": "\ud83d", "3": "- ", "4": "# "})
MARKED = st.text("aB7 \n*_`😀é.01234", min_size=1, max_size=60).map(lambda text: text.translate(LONGER))
SOME_TEXT = st.text(min_size=1, max_size=80) | MARKED
SAID = SOME_TEXT.filter(str.strip)
LONG = st.builds(lambda text, times: text * times, SAID, st.integers(1, 400))
BODIES = SAID | LONG
TITLES = st.text("ab 😀", min_size=1, max_size=30).filter(str.strip) | SAID
REPLIES = st.sampled_from(["", "wamid.1"])
LINKS = st.sampled_from(["https://shop.example/a.png", "http://shop.example", "shop.example", "https://a b"])
CHOICES = st.builds(
    Choice, id=TITLES, title=TITLES, description=st.just("") | st.text("ab ", max_size=90).map(str.strip)
)
SECTIONS = st.builds(
    MenuSection, title=st.just("") | TITLES, choices=st.lists(CHOICES, min_size=1, max_size=6).map(tuple)
)
CARDS = st.builds(ContactCard, name=SAID, phones=st.lists(SAID, max_size=2).map(tuple))
QUESTIONS = st.one_of(
    st.builds(
        ButtonsPart,
        body=BODIES,
        choices=st.lists(CHOICES, min_size=1, max_size=12).map(tuple),
        footer=st.just("") | SAID,
        reply_to=REPLIES,
    ),
    st.builds(
        MenuPart,
        body=BODIES,
        button=TITLES,
        sections=st.lists(SECTIONS, min_size=1, max_size=12).map(tuple),
        footer=st.just("") | SAID,
        reply_to=REPLIES,
    ),
)
ANYTHING_SAID = st.one_of(
    QUESTIONS,
    st.builds(TextPart, body=BODIES, reply_to=REPLIES),
    st.builds(MediaPart, kind=st.sampled_from(MediaKind), link=LINKS, caption=BODIES, filename=SAID, reply_to=REPLIES),
    st.builds(ContactsPart, cards=st.lists(CARDS, min_size=1, max_size=12).map(tuple), reply_to=REPLIES),
    st.builds(ReactionPart, message_id=st.just("wamid.1"), emoji=st.just("") | SAID),
    st.builds(LinkPart, body=BODIES, title=TITLES, url=LINKS, reply_to=REPLIES),
    st.builds(ContactRequestPart, body=BODIES, title=TITLES, reply_to=REPLIES),
    st.builds(FormPart, body=BODIES, button=TITLES, form=st.just("900100200300"), reply_to=REPLIES),
    st.builds(LocationPart, location=st.builds(Location, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))),
)


@given(ANYTHING_SAID)
def test_meta_accepts_every_rendered_part(part: Part) -> None:
    """Meta's known limits are kept, and no lone surrogate is left."""
    shown = render(part)

    assert shown
    for each in shown:
        assert list(complaints({"to": "+15550002222", **graph_message(each)})) == []


@given(QUESTIONS)
def test_every_choice_is_there_to_tap_or_to_read_with_its_number(part: ButtonsPart | MenuPart) -> None:
    """In the agent's order."""
    shown = render(part)
    tappable = [choice.title for each in shown for choice in offered(each)]
    titles = [_shown(choice.title) for choice in part.choices]

    assert tappable in ([], titles)
    if not tappable:
        text = " ".join(each.body.text for each in shown if isinstance(each, TextPart))
        numbers = [_letters(f"{number}. {title}") for number, title in enumerate(titles, 1)]
        assert all(number in _letters(text) for number in numbers)


def _shown(title: str) -> str:
    return " ".join(title.encode("utf-8", "replace").decode().split())


def _letters(text: str) -> str:
    """Without what a cut between bubbles adds or takes."""
    return "".join(text.replace("```", "").split())
