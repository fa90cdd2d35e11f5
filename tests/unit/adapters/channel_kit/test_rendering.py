"""A part of an agent's answer as WhatsApp can show it."""

import pytest
from attrs import evolve

from adapters.channel_kit.contracts.parts import LINK, PARTS, PHOTO
from domain.messages.outbound import ContactsPart, MediaPart, ReactionPart, TextPart
from domain.messages.shared_values import ContactCard, MediaKind
from support.whatsapp_texts import render


def test_a_text_is_formatted_and_only_its_first_bubble_is_the_reply() -> None:
    """Like composed texts."""
    first, *others = render(TextPart(body="**Yes.** " * 1000, reply_to="wamid.7"))

    assert isinstance(first, TextPart)
    assert first.body.text.startswith("*Yes.* *Yes.*")
    assert first.reply_to == "wamid.7"
    assert others
    assert all(isinstance(other, TextPart) and other.reply_to == "" for other in others)


def test_a_blank_text_is_nothing() -> None:
    """It makes no part."""
    assert render(TextPart(body=" \n ")) == ()


@pytest.mark.parametrize("kind", [MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT])
def test_a_caption_is_formatted(kind: MediaKind) -> None:
    """It is Markdown too."""
    part = MediaPart(kind=kind, link=PHOTO, filename="ours", caption="**Ours**")

    assert render(part) == (evolve(part, caption="*Ours*"),)


def test_a_caption_that_is_too_long_follows_as_text() -> None:
    """The limit is 1024 UTF-16 units. The file is the reply."""
    fits, too_long = "😀" * 512, "😀" * 513
    image = MediaPart(kind=MediaKind.IMAGE, link=PHOTO, reply_to="wamid.7")

    assert render(MediaPart(kind=MediaKind.IMAGE, link=PHOTO, caption=fits)) == (
        MediaPart(kind=MediaKind.IMAGE, link=PHOTO, caption=fits),
    )
    assert render(MediaPart(kind=MediaKind.IMAGE, link=PHOTO, caption=too_long, reply_to="wamid.7")) == (
        image,
        TextPart(body=too_long),
    )


@pytest.mark.parametrize("kind", [MediaKind.AUDIO, MediaKind.VOICE, MediaKind.STICKER])
def test_a_file_without_captions_is_followed_by_its_caption(kind: MediaKind) -> None:
    """So people can still read it."""
    part = MediaPart(kind=kind, link=LINK, caption="**Ours**")

    assert render(part) == (MediaPart(kind=kind, link=LINK), TextPart(body="*Ours*"))


@pytest.mark.parametrize("link", ["https://shop.example/my menu.pdf", "ftp://shop.example/menu.pdf", "menu.pdf"])
def test_a_file_meta_could_not_fetch_is_named_as_text(link: str) -> None:
    """Its address is not a web address."""
    part = MediaPart(kind=MediaKind.DOCUMENT, link=link, caption="Our menu", reply_to="wamid.7")

    assert render(part) == (TextPart(body=f"Our menu\n\n{link}", reply_to="wamid.7"),)


def test_many_cards_come_in_several_messages() -> None:
    """Meta accepts five for certain."""
    cards = tuple(ContactCard(name=f"Friend {number}") for number in range(7))

    assert render(ContactsPart(cards=cards, reply_to="wamid.7")) == (
        ContactsPart(cards=cards[:5], reply_to="wamid.7"),
        ContactsPart(cards=cards[5:]),
    )


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "🇨🇱", "1️⃣", "👨‍👩‍👧", ""])
def test_one_emoji_is_a_reaction(emoji: str) -> None:
    """It may have several characters. No emoji takes the reaction back."""
    part = ReactionPart(message_id="wamid.7", emoji=emoji)

    assert render(part) == (part,)


@pytest.mark.parametrize("words", ["ok", "a", "👍👍", "thumbs up 👍", ":+1:"])
def test_words_are_no_reaction_but_a_reply(words: str) -> None:
    """Meta would refuse them."""
    assert render(ReactionPart(message_id="wamid.7", emoji=words)) == (TextPart(body=words, reply_to="wamid.7"),)


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_a_part_that_fits_stays_as_it_is(part: object) -> None:
    """Every kind."""
    assert render(part) == (part,)  # type: ignore[arg-type]


def test_half_an_emoji_is_replaced_wherever_it_is() -> None:
    """It can be neither stored nor sent."""
    cards = (ContactCard(name="A\ud83d", phones=("1\ud83d",)),)

    assert render(ContactsPart(cards=cards)) == (ContactsPart(cards=(ContactCard(name="A?", phones=("1?",)),)),)


@pytest.mark.parametrize(
    ("kind", "link", "shown", "name"),
    [
        (MediaKind.IMAGE, "https://a.example/roof.webp", MediaKind.DOCUMENT, "roof.webp"),
        (MediaKind.IMAGE, "https://a.example/roof.BMP?size=2#top", MediaKind.DOCUMENT, "roof.BMP"),
        (MediaKind.IMAGE, "https://a.example/all.zip", MediaKind.DOCUMENT, "all.zip"),
        (MediaKind.IMAGE, "https://a.example/data.json", MediaKind.DOCUMENT, "data.json"),
        (MediaKind.IMAGE, "https://a.example/roof.jpeg", MediaKind.IMAGE, ""),
        (MediaKind.IMAGE, "https://a.example/roof", MediaKind.IMAGE, ""),
        (MediaKind.STICKER, "https://a.example/roof.webp", MediaKind.STICKER, ""),
        (MediaKind.DOCUMENT, "https://a.example/a/our%20menu.pdf?x=1", MediaKind.DOCUMENT, "our menu.pdf"),
        (MediaKind.DOCUMENT, "https://a.example/", MediaKind.DOCUMENT, "document"),
        (MediaKind.DOCUMENT, "https://[a/%0A%2F%20b%0Ac.pdf", MediaKind.DOCUMENT, "b c.pdf"),
        (MediaKind.DOCUMENT, f"https://a.example/{'x' * 200}.pdf", MediaKind.DOCUMENT, f"{'x' * 96}.pdf"),
    ],
)
def test_the_address_of_a_file_decides_its_kind(kind: MediaKind, link: str, shown: MediaKind, name: str) -> None:
    """Meta accepts only JPEG and PNG as images. Phones show a document without a name as untitled."""
    assert render(MediaPart(kind=kind, link=link)) == (MediaPart(kind=shown, link=link, filename=name),)


def test_a_document_keeps_the_name_it_was_given() -> None:
    """It is what people see."""
    part = MediaPart(kind=MediaKind.DOCUMENT, link=LINK, filename="Our menu.pdf")

    assert render(part) == (part,)
