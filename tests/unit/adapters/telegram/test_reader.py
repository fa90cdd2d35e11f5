"""Every kind of update as an event."""

from typing import Any

import pytest

from adapters.telegram.inbound import TelegramInbound
from application.ports.inbound_channel import InboundEvent
from domain.conversations.channel_events import Reachability
from domain.messages.inbound import (
    Content,
    Correction,
    InboundMessage,
    Media,
    Reaction,
    Referral,
    ReferralKind,
    SharedContacts,
    SharedLocation,
    Tap,
    Text,
    Unrecognised,
    Unsupported,
)
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind
from domain.people.person import Conversation
from support.telegram import ANA, message, private_chat, sender, tap, update

INBOUND = TelegramInbound(channel="telegram", secret_tokens=("secret",))
GROUP = {"id": -100123, "type": "supergroup", "title": "Neighbours"}
SMALL = {"file_id": "small", "width": 90, "height": 60, "file_size": 1000}
LARGE = {"file_id": "large", "width": 1280, "height": 853, "file_size": 90000}
PLACE = {"latitude": -33.45, "longitude": -70.66}


def read(update_id: int | None = None, **content: object) -> InboundEvent:
    (event,) = INBOUND.parse(body=update(update_id, **content), arrived_at=1_750_000_001.5).events
    return event


def read_message(update_id: int | None = None, **content: object) -> InboundMessage:
    event = read(update_id, **content)
    assert isinstance(event, InboundMessage)
    return event


def test_a_message_has_its_person_its_time_and_its_place_in_the_order() -> None:
    """Its id is unique in all chats. The update's number orders messages of one second."""
    found = read_message(99, message=message(number=7, at=1_750_000_000, text="Hello"))

    assert found.id == f"{ANA}.7"
    assert found.conversation == Conversation(channel="telegram", user=str(ANA))
    person = found.person
    assert (person.user_id, person.name, person.username, person.language) == (str(ANA), "Ana Soto", "ana_soto", "es")
    assert (found.sent_at, found.arrived_at, found.sequence) == (1_750_000_000, 1_750_000_001.5, 99)


def test_a_person_without_a_name_has_their_username() -> None:
    """Telegram requires neither."""
    named = message() | {"from": {"id": ANA, "is_bot": False, "username": "ana_soto"}}

    assert read_message(message=named).person.name == "ana_soto"


OWN_CARD = {"phone_number": "+56 9 5555 0100", "first_name": "Ana", "user_id": ANA}


def test_the_own_contact_card_proves_the_phone_number() -> None:
    """It is no name that the channel knows people by. The conversation stays the same."""
    person = read_message(message=message(contact=OWN_CARD)).person

    assert (person.phone, person.phone_is_shared, person.key) == ("56955550100", True, str(ANA))


@pytest.mark.parametrize(
    "content",
    [
        {"contact": OWN_CARD | {"user_id": 5}},
        {"contact": {"phone_number": "+56 9 5555 0100", "first_name": "Ana"}},
        {"contact": OWN_CARD, "forward_origin": {"type": "user"}},
        {"contact": OWN_CARD | {"phone_number": "?"}},
    ],
)
def test_any_other_card_proves_nothing(content: dict[str, Any]) -> None:
    assert read_message(message=message(**content)).person.phone is None


CONTENTS: tuple[tuple[dict[str, Any], Content], ...] = (
    ({"text": "Hello"}, Text(body="Hello")),
    (
        {"photo": [SMALL, LARGE], "caption": "Our cat"},
        Media(kind=MediaKind.IMAGE, id="large", mime_type="image/jpeg", caption="Our cat", size=90_000),
    ),
    (
        {"video": {"file_id": "v", "mime_type": "video/mp4", "file_name": "cat.mp4"}},
        Media(kind=MediaKind.VIDEO, id="v", mime_type="video/mp4", filename="cat.mp4"),
    ),
    ({"video_note": {"file_id": "n"}}, Media(kind=MediaKind.VIDEO, id="n")),
    (
        {"animation": {"file_id": "a", "mime_type": "video/mp4"}, "document": {"file_id": "a"}},
        Media(kind=MediaKind.VIDEO, id="a", mime_type="video/mp4"),
    ),
    ({"voice": {"file_id": "o", "mime_type": "audio/ogg"}}, Media(kind=MediaKind.VOICE, id="o", mime_type="audio/ogg")),
    (
        {"audio": {"file_id": "s", "mime_type": "audio/mpeg", "file_name": "song.mp3"}},
        Media(kind=MediaKind.AUDIO, id="s", mime_type="audio/mpeg", filename="song.mp3"),
    ),
    (
        {"document": {"file_id": "d", "mime_type": "application/pdf", "file_name": "bill.pdf"}},
        Media(kind=MediaKind.DOCUMENT, id="d", mime_type="application/pdf", filename="bill.pdf"),
    ),
    (
        {"sticker": {"file_id": "t", "emoji": "👍", "is_animated": False, "is_video": False}},
        Media(kind=MediaKind.STICKER, id="t", mime_type="image/webp", caption="👍"),
    ),
    (
        {"sticker": {"file_id": "t", "is_animated": True}},
        Media(kind=MediaKind.STICKER, id="t", mime_type="application/x-tgsticker"),
    ),
    (
        {"sticker": {"file_id": "t", "is_video": True}},
        Media(kind=MediaKind.STICKER, id="t", mime_type="video/webm"),
    ),
    ({"location": PLACE}, SharedLocation(location=Location(latitude=-33.45, longitude=-70.66))),
    (
        {"location": PLACE, "venue": {"location": PLACE, "title": "The shop", "address": "Main St 1"}},
        SharedLocation(location=Location(latitude=-33.45, longitude=-70.66, name="The shop", address="Main St 1")),
    ),
    (
        {"contact": {"phone_number": "+56955550100", "first_name": "Ben", "last_name": "Rey"}},
        SharedContacts(cards=(ContactCard(name="Ben Rey", phones=("+56955550100",)),)),
    ),
    ({"poll": {"question": "Tea or coffee?"}}, Unsupported(kind="poll", detail="a poll: Tea or coffee?")),
    ({"dice": {"emoji": "🎲", "value": 6}}, Unsupported(kind="dice")),
    ({"story": {}}, Unsupported(kind="story")),
    ({"voice": {"duration": 3}}, Unsupported(kind="voice")),
    ({"location": {"latitude": 91, "longitude": 0}}, Unsupported(kind="location")),
)


@pytest.mark.parametrize(("content", "expected"), CONTENTS, ids=lambda value: type(value).__name__)
def test_every_kind_of_message_is_read(content: dict[str, Any], expected: Content) -> None:
    assert read_message(message=message(**content)).content == expected


def test_a_file_that_telegram_does_not_give_out_says_so() -> None:
    """Bots get files of 20 MB. The caption is still there."""
    content = read_message(message=message(video={"file_id": "v", "file_size": 30_000_000}, caption="Us")).content

    assert isinstance(content, Media)
    assert "20 MB" in content.trouble
    assert content.caption == "Us"


def test_the_photos_of_an_album_are_messages_of_their_own() -> None:
    """They come close together, so they are one turn."""
    ids = [read_message(message=message(number=number, photo=[LARGE], media_group_id="g")).id for number in (7, 8)]

    assert ids == [f"{ANA}.7", f"{ANA}.8"]


def test_a_reply_says_what_it_quotes() -> None:
    """The whole message, or the part that was selected."""
    replied_to = message(number=5, text="We have tea and coffee")

    whole = read_message(message=message(reply_to_message=replied_to, text="tea"))
    part = read_message(message=message(reply_to_message=replied_to, quote={"text": "coffee"}, text="this"))

    assert (whole.quotes, whole.quoted_text) == (f"{ANA}.5", "We have tea and coffee")
    assert part.quoted_text == "coffee"


def test_a_forwarded_message_says_so() -> None:
    assert read_message(message=message(text="News", forward_origin={"type": "user"})).forwarded


def test_an_edit_says_what_the_message_says_now() -> None:
    """The new caption, too. Each edit has an id of its own, the same when it is delivered again."""
    edited = message(number=7, text="Hello you", edit_date=1_750_000_060)

    found = read_message(41, edited_message=edited)
    captioned = read_message(edited_message=message(number=7, photo=[LARGE], caption="Our dog", edit_date=1))

    assert found.content == Correction(message_id=f"{ANA}.7", body="Hello you")
    assert found.sent_at == 1_750_000_060
    assert found.id == read_message(41, edited_message=edited).id != read_message(42, edited_message=edited).id
    assert captioned.content == Correction(message_id=f"{ANA}.7", body="Our dog")


def test_a_live_location_that_moves_is_an_event_only() -> None:
    """It moves all the time."""
    event = read(edited_message=message(location=PLACE, edit_date=1_750_000_060))

    assert isinstance(event, Unrecognised)


@pytest.mark.parametrize(("new", "emoji"), [([{"type": "emoji", "emoji": "👍"}], "👍"), ([], "")])
def test_a_reaction_is_set_or_taken_back(new: list[object], emoji: str) -> None:
    reaction = {"chat": private_chat(), "message_id": 101, "user": sender(), "date": 1_750_000_000}

    found = read_message(message_reaction={**reaction, "old_reaction": [], "new_reaction": new})

    assert found.content == Reaction(message_id=f"{ANA}.101", emoji=emoji)
    assert found.is_annotation


def test_a_custom_emoji_has_no_text() -> None:
    """It is an event."""
    reaction = {"chat": private_chat(), "message_id": 1, "user": sender(), "date": 1}

    event = read(message_reaction={**reaction, "new_reaction": [{"type": "custom_emoji", "custom_emoji_id": "5"}]})

    assert isinstance(event, Unrecognised)


def test_a_tap_has_the_title_of_its_button() -> None:
    """And the time of its arrival: Telegram tells no other."""
    found = read_message(callback_query=tap("size-s", "Small", query="77", number=9))

    assert found.content == Tap(choice=Choice(id="size-s", title="Small"))
    assert (found.id, found.quotes, found.quoted_text) == ("tap.77", f"{ANA}.9", "Which size?")
    assert found.sent_at == found.arrived_at


def test_a_tap_on_a_message_that_is_gone_has_its_id_as_title() -> None:
    """Telegram shows a bot no message that is old, only where it was."""
    old = {"chat": private_chat(), "message_id": 9, "date": 0}

    found = read_message(callback_query=tap("size-s", "Small") | {"message": old})

    assert found.content == Tap(choice=Choice(id="size-s", title="size-s"))


@pytest.mark.parametrize(("status", "reachable"), [("kicked", False), ("member", True)])
def test_a_person_blocks_the_bot_or_lets_it_write_again(status: str, reachable: bool) -> None:
    """It is no message. Of another status there is an event."""
    change = {"chat": private_chat(), "from": sender(), "date": 1_750_000_000}

    event = read(my_chat_member={**change, "new_chat_member": {"status": status}})
    other = read(my_chat_member={**change, "new_chat_member": {"status": "restricted"}})

    assert isinstance(event, Reachability)
    assert (event.person.key, event.reachable, event.at) == (str(ANA), reachable, 1_750_000_000)
    assert isinstance(other, Unrecognised)


def test_a_link_with_a_parameter_is_a_referral() -> None:
    """Example: t.me/BOT?start=spring."""
    started, plain = (read_message(message=message(text=text)) for text in ("/start spring", "/start"))

    assert started.referral == Referral(kind=ReferralKind.LINK, body="spring")
    assert plain.referral is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("message", message() | {"chat": GROUP}),
        ("edited_message", message() | {"chat": GROUP}),
        ("message_reaction", {"chat": GROUP, "message_id": 1, "user": sender(), "date": 1, "new_reaction": []}),
        ("callback_query", tap("a", "A") | {"message": {"chat": GROUP, "message_id": 1, "date": 1}}),
    ],
)
def test_what_happens_in_a_group_is_an_event_without_words(name: str, content: dict[str, Any]) -> None:
    event = read(**{name: content})

    assert isinstance(event, Unrecognised)
    assert event.kind == f"{name}:group"
    assert "-100123" in event.detail
    assert "Hello" not in event.detail


def test_a_bot_is_not_answered() -> None:
    """Two bots would talk to each other for ever."""
    event = read(message=message() | {"from": sender(5, is_bot=True)})

    assert isinstance(event, Unrecognised)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"message": message(pinned_message={"message_id": 1})}, "message:pinned_message"),
        ({"channel_post": message()}, "update:channel_post"),
        ({}, "update:none"),
        ({"message": {"message_id": 7}}, "message:empty"),
        ({"message": message() | {"message_id": "7"}}, "message:malformed"),
        ({"message": message() | {"from": None}}, "message:malformed"),
        ({"message": message(number=2**60)}, "message:malformed"),
        (
            {"callback_query": {"id": "1", "from": sender(), "inline_message_id": "5", "data": "a"}},
            "callback_query:malformed",
        ),
        ({"callback_query": tap("a", "A") | {"data": None}}, "callback_query:without_data"),
    ],
)
def test_everything_else_is_an_event(content: dict[str, Any], kind: str) -> None:
    event = read(**content)

    assert isinstance(event, Unrecognised)
    assert event.kind == kind


def test_an_update_without_its_number_is_malformed() -> None:
    """It could not be told from another one."""
    (event,) = INBOUND.parse(body=b'{"update_id": -1, "message": {}}', arrived_at=1).events

    assert isinstance(event, Unrecognised)
