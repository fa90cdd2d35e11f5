"""What WhatsApp can show of what an agent said."""

import pytest

from adapters.whatsapp.presenting import present
from domain.contents import ContactCard, MediaKind
from domain.parts import ContactsPart, MediaPart, ReactionPart, TextPart
from support.parts import LINK, PARTS


def test_a_text_is_formatted_and_only_its_first_bubble_is_the_reply() -> None:
    """As composed texts are."""
    first, *others = present(TextPart(body="**Yes.** " * 1000, reply_to="wamid.7"))

    assert isinstance(first, TextPart)
    assert first.body.startswith("*Yes.* *Yes.*")
    assert first.reply_to == "wamid.7"
    assert others
    assert all(isinstance(other, TextPart) and other.reply_to == "" for other in others)


def test_a_blank_text_is_nothing() -> None:
    """And makes no part."""
    assert present(TextPart(body=" \n ")) == ()


@pytest.mark.parametrize("kind", [MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT])
def test_a_caption_is_formatted(kind: MediaKind) -> None:
    """It is an agent's Markdown too."""
    part = MediaPart(kind=kind, link=LINK, caption="**Ours**")

    assert present(part) == (MediaPart(kind=kind, link=LINK, caption="*Ours*"),)


def test_a_caption_that_is_too_long_follows_as_text() -> None:
    """1024 UTF-16 units are the most; the reply is the file."""
    fits, too_long = "😀" * 512, "😀" * 513
    image = MediaPart(kind=MediaKind.IMAGE, link=LINK, reply_to="wamid.7")

    assert present(MediaPart(kind=MediaKind.IMAGE, link=LINK, caption=fits)) == (
        MediaPart(kind=MediaKind.IMAGE, link=LINK, caption=fits),
    )
    assert present(MediaPart(kind=MediaKind.IMAGE, link=LINK, caption=too_long, reply_to="wamid.7")) == (
        image,
        TextPart(body=too_long),
    )


@pytest.mark.parametrize("kind", [MediaKind.AUDIO, MediaKind.VOICE, MediaKind.STICKER])
def test_what_takes_no_caption_is_followed_by_it(kind: MediaKind) -> None:
    """So that it can be read all the same."""
    part = MediaPart(kind=kind, link=LINK, caption="**Ours**")

    assert present(part) == (MediaPart(kind=kind, link=LINK), TextPart(body="*Ours*"))


@pytest.mark.parametrize("link", ["https://shop.example/my menu.pdf", "ftp://shop.example/menu.pdf", "menu.pdf"])
def test_a_file_meta_could_not_fetch_is_named_in_words(link: str) -> None:
    """Its address is none for the web."""
    part = MediaPart(kind=MediaKind.DOCUMENT, link=link, caption="Our menu", reply_to="wamid.7")

    assert present(part) == (TextPart(body=f"Our menu\n\n{link}", reply_to="wamid.7"),)


def test_many_cards_come_in_several_messages() -> None:
    """Five pass for certain."""
    cards = tuple(ContactCard(name=f"Friend {number}") for number in range(7))

    assert present(ContactsPart(cards=cards, reply_to="wamid.7")) == (
        ContactsPart(cards=cards[:5], reply_to="wamid.7"),
        ContactsPart(cards=cards[5:]),
    )


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "❤️", "🇨🇱", "1️⃣", "👨‍👩‍👧", ""])
def test_one_emoji_is_a_reaction(emoji: str) -> None:
    """Of however many characters; none takes it back."""
    part = ReactionPart(message_id="wamid.7", emoji=emoji)

    assert present(part) == (part,)


@pytest.mark.parametrize("words", ["ok", "a", "👍👍", "thumbs up 👍", ":+1:"])
def test_words_are_no_reaction_but_a_reply(words: str) -> None:
    """Meta would refuse them."""
    assert present(ReactionPart(message_id="wamid.7", emoji=words)) == (TextPart(body=words, reply_to="wamid.7"),)


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_what_fits_stays_as_it_is(part: object) -> None:
    """Every kind."""
    assert present(part) == (part,)  # type: ignore[arg-type]


def test_half_an_emoji_is_replaced_wherever_it_is() -> None:
    """It could be neither stored nor sent."""
    cards = (ContactCard(name="A\ud83d", phones=("1\ud83d",)),)

    assert present(ContactsPart(cards=cards)) == (ContactsPart(cards=(ContactCard(name="A?", phones=("1?",)),)),)
