"""Messages and parts as plain text."""

import re

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.messages.inbound import (
    Content,
    Correction,
    FilledForm,
    Media,
    Order,
    OrderItem,
    Reaction,
    Referral,
    ReferralKind,
    Retraction,
    SharedContacts,
    SharedLocation,
    Tap,
    Text,
    Unsupported,
    UserAction,
)
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.plain_text import MAX_MESSAGE_LENGTH, describe, describe_part, latest
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind
from support.messages import message

SHOP = Location(latitude=52.5, longitude=13.4, name="Shop", address="Main St 1")
ANA_CARD = ContactCard(name="Ana", phones=("+15550002222",), emails=("ana@example.org",), organisation="Us")
CHOICES = (Choice(id="s", title="Small"), Choice(id="l", title="Large", description="for two"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Text(body=" hello "), "hello"),
        (Text(body="  "), ""),
        (Media(kind=MediaKind.IMAGE, id="1", caption="my roof"), "[sent an image]\nmy roof"),
        (Media(kind=MediaKind.DOCUMENT, id="1", filename="a.pdf"), "[sent a document a.pdf]"),
        (SharedLocation(location=SHOP), "[sent a location: Shop, Main St 1 (52.500000, 13.400000)]"),
        (SharedLocation(location=Location(latitude=-1, longitude=2)), "[sent a location: -1.000000, 2.000000]"),
        (SharedContacts(cards=(ANA_CARD,)), "[sent a contact: Ana, Us, +15550002222, ana@example.org]"),
        (Tap(choice=CHOICES[1]), "Large"),
        (FilledForm(name="flow", fields='{"a":[1]}'), '[filled in the form flow]\n{"a":[1]}'),
        (FilledForm(name="", fields=""), "[filled in the form]"),
        (UserAction(description="allowed [calls"), "[allowed \\[calls]"),
        (
            Order(items=(OrderItem(product="p1", quantity=2, price=9.5, currency="EUR"),), note="soon please"),
            "[ordered: 2 x p1 at 9.5 EUR]\nsoon please",
        ),
        (Reaction(message_id="m", emoji="👍"), "[reacted with 👍 to an earlier message]"),
        (Reaction(message_id="m"), "[took back the reaction to an earlier message]"),
        (Correction(message_id="m", body="five"), "[changed an earlier message to: five]"),
        (Retraction(message_id="m"), "[took back an earlier message]"),
        (Unsupported(kind="poll_creation"), "[sent something that cannot be shown here: poll_creation]"),
    ],
)
def test_each_kind_of_message_has_a_text(content: Content, words: str) -> None:
    """Everything that was not typed is in brackets."""
    assert describe(evolve(message(), content=content)) == words


@pytest.mark.parametrize(
    ("price", "written"),
    [
        (1250500.0, "1250500"),
        (12345.67, "12345.67"),
        (12345678.0, "12345678"),
        (1.234, "1.234"),
        (0.1, "0.1"),
        (0.0, "0"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
    ],
)
def test_prices_are_exact(price: float, written: str) -> None:
    """In any currency: with thousands, cents and thousandths."""
    order = Order(items=(OrderItem(product="p1", quantity=3, price=price, currency="IDR"),))

    assert describe(evolve(message(), content=order)) == f"[ordered: 3 x p1 at {written} IDR]"


def test_the_note_about_a_file_is_in_the_text() -> None:
    """A transcript is marked as one."""
    voice = evolve(message(), content=Media(kind=MediaKind.VOICE, id="1"))

    assert describe(voice, file_note='transcript: "hello"') == '[sent a voice note; transcript: "hello"]'


def test_the_quoted_text_comes_with_a_reply() -> None:
    """In one line, and shortened."""
    reply = evolve(message("this one"), quotes="m")
    reaction = evolve(message(), content=Reaction(message_id="m", emoji="👍"))

    assert describe(reply, quoted="blue\nor red?") == '[in reply to: "blue or red?"]\nthis one'
    assert describe(reply) == "[in reply to an earlier message]\nthis one"
    assert describe(reaction, quoted="x" * 400) == f'[reacted with 👍 to "{"x" * 300}…"]'


def test_the_circumstances_of_a_message_are_in_the_text() -> None:
    """Forwarded, through an advertisement, about a product. Only texts of the chat are quoted as such."""
    came = evolve(
        message("hi"),
        forwarded=True,
        product="p1",
        quotes="m",
        referral=Referral(headline="Sale", url="https://example.org"),
    )

    assert describe(came).split("\n") == [
        "[came through an advertisement: Sale, https://example.org]",
        "[about the product p1]",
        "[forwarded]",
        "hi",
    ]


def test_a_link_is_no_advertisement() -> None:
    """The text that it carries is for the agent."""
    came = evolve(message("/start promo"), referral=Referral(kind=ReferralKind.LINK, body="promo"))

    assert describe(came) == "[came through a link: promo]\n/start promo"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (TextPart(body="hello"), "hello"),
        (
            MediaPart(kind=MediaKind.IMAGE, link="https://example.org/a", caption="a map"),
            "a map\nhttps://example.org/a",
        ),
        (LocationPart(location=SHOP), "Shop, Main St 1 (52.500000, 13.400000)"),
        (ContactsPart(cards=(ANA_CARD,)), "Ana, Us, +15550002222, ana@example.org"),
        (ReactionPart(message_id="m", emoji="👍"), "👍"),
        (ButtonsPart(body="Which?", choices=CHOICES), "Which?\n\n1. Small\n2. Large: for two"),
        (LinkPart(body="Read on.", title="Open", url="https://example.org"), "Read on.\n\nOpen: https://example.org"),
        (ContactRequestPart(body="Your number?", title="Share it"), "Your number?"),
        (FormPart(body="Fill in.", button="Open", form="7"), "Fill in."),
        (TemplatePart(name="t", language="en", parameters=("a", "b")), "[template t] a b"),
    ],
)
def test_each_part_has_a_text(part: Part, words: str) -> None:
    """Choices with their numbers, files with their address."""
    assert describe_part(part) == words


@pytest.mark.parametrize(
    "content",
    [
        Text(body="x" * 65_536),
        FilledForm(name="x" * 65_536, fields="[" * 65_536),
        Order(items=(OrderItem(product="p", quantity=1, price=1.0, currency="EUR"),) * 5_000),
        SharedContacts(cards=(ANA_CARD,) * 2_000),
        Correction(message_id="m.1", body="x\n[" * 20_000),
    ],
    ids=lambda content: type(content).__name__,
)
def test_the_text_of_a_message_has_a_maximum_length(content: Content) -> None:
    """For every kind of message. A note says how much is missing."""
    shown = describe(evolve(message(), content=content))

    assert re.fullmatch(r"\n\[\d+ more characters are left out\]", shown[MAX_MESSAGE_LENGTH:])


@given(texts=st.lists(st.text(alphabet="ab", max_size=12), min_size=1, max_size=12), longest=st.integers(0, 60))
def test_of_too_many_texts_the_latest_stay(texts: list[str], longest: int) -> None:
    """As many as fit, and always the last one. A note says how much is missing."""
    kept = latest(texts, longest)

    missing = len(texts) - len(kept) + (kept is not texts)
    assert list(kept[-(len(texts) - missing) :]) == texts[missing:]
    assert sum(map(len, texts[missing:])) <= max(longest, len(texts[-1]))
    assert missing == 0 or sum(map(len, texts[missing - 1 :])) > longest
    assert (kept[0] == f"[{missing} earlier messages are left out]") is (missing > 0)
