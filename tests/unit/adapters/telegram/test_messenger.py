"""What people see in Telegram, and what Telegram refuses."""

import traceback

import pytest

from adapters.telegram.api import BotApi
from adapters.telegram.ids import TAP
from adapters.telegram.media import TelegramMedia
from adapters.telegram.messenger import TelegramMessenger
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    DraftPart,
    FilePart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TextPart,
)
from domain.messages.rich_text import Markdown, RichText, Span, Style
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind
from domain.people.person import Person
from domain.policies.retry import SendFailure, loggable
from simulator.telegram.formatting import read_text
from support.graph_server import unused_address
from support.messages import message
from support.telegram import ANA, TOKEN, BotApiServer, refusal

PERSON = Person(user_id=str(ANA), name="Ana")
LONG_ID = "order/" + "9" * 200


async def send(messenger: TelegramMessenger, part: Part) -> SentMessage:
    """Render and send, as an answer is sent. The result is that of the last message."""
    for each in messenger.render(part=part):
        sent = await messenger.send(part=each, to=PERSON, reference="")
    return sent


async def failure_of(messenger: TelegramMessenger, part: Part | None = None, *, to: Person = PERSON) -> SendFailedError:
    with pytest.raises(SendFailedError) as raised:
        await messenger.send(part=part or TextPart(body="Hello"), to=to, reference="")
    return raised.value


class TestTexts:
    async def test_formatting_is_html(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """Characters of HTML stay what they are. No link is previewed."""
        await send(messenger, TextPart(body=Markdown("**1 < 2** & [our site](https://a.example/?a=1&b=2)")))

        (call,) = server.named("sendMessage")
        assert call["text"] == '<b>1 &lt; 2</b> &amp; <a href="https://a.example/?a=1&amp;b=2">our site</a>'
        assert call["parse_mode"] == "HTML"
        assert call["link_preview_options"] == {"is_disabled": True}

    async def test_a_text_without_formatting_is_sent_as_it_is(
        self, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        """No character of it can be read as a tag."""
        await send(messenger, TextPart(body=RichText("1 < 2 & <b>")))

        (call,) = server.named("sendMessage")
        assert call["text"] == "1 < 2 & <b>"
        assert "parse_mode" not in call

    @pytest.mark.parametrize("part", ["text", "caption"])
    async def test_markup_that_telegram_cannot_read_is_sent_again_without_it(
        self, messenger: TelegramMessenger, server: BotApiServer, part: str
    ) -> None:
        """People get the text in any case."""
        bold = RichText("Hello", (Span(0, 5, Style.BOLD),))
        photo = MediaPart(kind=MediaKind.IMAGE, link="https://a.example/1.png", caption=bold)
        server.script.append(refusal(400, "Bad Request: can't parse entities: Unsupported start tag"))

        await messenger.send(part=photo if part == "caption" else TextPart(body=bold), to=PERSON, reference="")

        assert [call.fields[part] for call in server.calls] == ["<b>Hello</b>", "Hello"]
        assert "parse_mode" not in server.calls[-1].fields

    async def test_a_long_text_is_cut_by_utf_16_units(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """An emoji is two of them. The server refuses one unit too many."""
        await send(messenger, TextPart(body=Markdown("😀" * 5000)))

        texts = [read_text(call["text"], call.get("parse_mode"))[0] for call in server.named("sendMessage")]
        assert "".join(texts) == "😀" * 5000
        assert len(texts) == 3

    @pytest.mark.parametrize("about", [f"{ANA}.7", f"{ANA}.7.edited.99"])
    async def test_a_reply_quotes_the_message_if_it_is_still_there(
        self, messenger: TelegramMessenger, server: BotApiServer, about: str
    ) -> None:
        """Also where it answers an edit of the message."""
        await send(messenger, TextPart(body="Yes", reply_to=about))

        (call,) = server.named("sendMessage")
        assert call["reply_parameters"] == {"message_id": 7, "allow_sending_without_reply": True}

    @pytest.mark.parametrize("other", [f"{TAP}77", "wamid.ABC", ""])
    async def test_a_reply_to_what_is_no_message_is_a_message(
        self, messenger: TelegramMessenger, server: BotApiServer, other: str
    ) -> None:
        await send(messenger, TextPart(body="Yes", reply_to=other))

        assert "reply_parameters" not in server.named("sendMessage")[0]

    async def test_a_sent_message_has_an_id_that_is_unique_in_all_chats(self, messenger: TelegramMessenger) -> None:
        """It is the one that a reply or a reaction will name."""
        assert await send(messenger, TextPart(body="Hello")) == SentMessage(message_id=f"{ANA}.101")


class TestQuestions:
    async def test_each_choice_is_a_button_in_a_row_of_its_own(
        self, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        choices = (Choice(id="s", title="Small"), Choice(id="l", title="Large"))

        await send(messenger, ButtonsPart(body="Which size?", choices=choices, footer="Until 6 pm"))

        (call,) = server.named("sendMessage")
        assert call["text"] == "Which size?\n\nUntil 6 pm"
        assert call["reply_markup"]["inline_keyboard"] == [
            [{"text": "Small", "callback_data": "s"}],
            [{"text": "Large", "callback_data": "l"}],
        ]

    async def test_a_long_id_travels_in_a_short_form(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """Telegram takes 64 bytes. The conversation knows which choice it was."""
        choice = Choice(id=LONG_ID, title="This order")

        await send(messenger, ButtonsPart(body="Which?", choices=(choice, Choice(id="ñ" * 32, title="None"))))

        ((first,), (second,)) = server.named("sendMessage")[0]["reply_markup"]["inline_keyboard"]
        assert first["callback_data"] == choice.short_id
        assert second["callback_data"] == "ñ" * 32

    async def test_a_list_is_buttons_with_its_titles_and_descriptions_above(
        self, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        tea = Choice(id="t", title="Tea", description="with milk")
        sections = (
            MenuSection(title="Hot", choices=(tea,)),
            MenuSection(title="Cold", choices=(Choice(id="w", title="Water"),)),
        )

        await send(messenger, MenuPart(body="Your drink?", button="Drinks", sections=sections))

        (call,) = server.named("sendMessage")
        assert call["text"] == "Your drink?\n\nHot\nTea: with milk\nCold"
        titles = [button["text"] for row in call["reply_markup"]["inline_keyboard"] for button in row]
        assert titles == ["Tea", "Water"]

    async def test_too_many_choices_are_a_text_with_numbers(
        self, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        choices = tuple(Choice(id=str(number), title=f"Number {number}") for number in range(21))

        await send(messenger, ButtonsPart(body="Which?", choices=choices))

        (call,) = server.named("sendMessage")
        assert "21. Number 20" in call["text"]
        assert "reply_markup" not in call

    async def test_a_button_shares_the_own_number(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """It stands in the place of the keyboard, once."""
        await send(messenger, ContactRequestPart(body="Your number?", title="Share my number"))

        (call,) = server.named("sendMessage")
        assert call["text"] == "Your number?"
        assert call["reply_markup"] == {
            "keyboard": [[{"text": "Share my number", "request_contact": True}]],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        }

    async def test_a_link_is_a_button(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        await send(messenger, LinkPart(body="All we have", title="See the menu", url="https://shop.example/menu"))

        (call,) = server.named("sendMessage")
        button = {"text": "See the menu", "url": "https://shop.example/menu"}
        assert call["reply_markup"] == {"inline_keyboard": [[button]]}


class TestOtherParts:
    async def test_a_named_place_is_a_venue(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """A place without a name is a location. A venue needs an address."""
        await send(messenger, LocationPart(location=Location(latitude=1.5, longitude=2.5)))
        await send(messenger, LocationPart(location=Location(latitude=1.5, longitude=2.5, name="The shop")))

        assert server.named("sendLocation") == [{"chat_id": ANA, "latitude": 1.5, "longitude": 2.5}]
        assert server.named("sendVenue")[0]["title"] == "The shop"
        assert server.named("sendVenue")[0]["address"]

    async def test_a_card_with_more_than_a_number_has_a_vcard(
        self, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        ben, cleo = (
            ContactCard(name="Ben; Rey", phones=("+56 9 1", "+56 9 2"), emails=("ben@a.example",)),
            ContactCard(name="Cleo", phones=("+56 9 3",)),
        )

        await send(messenger, ContactsPart(cards=(ben, cleo)))

        first, second = server.named("sendContact")
        assert first["vcard"].splitlines()[2:-1] == [
            "FN:Ben\\; Rey",
            "TEL:+56 9 1",
            "TEL:+56 9 2",
            "EMAIL:ben@a.example",
        ]
        assert second == {"chat_id": ANA, "phone_number": "+56 9 3", "first_name": "Cleo"}

    async def test_a_card_without_a_number_is_a_text(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """Telegram's cards need one."""
        await send(messenger, ContactsPart(cards=(ContactCard(name="Ben", emails=("ben@a.example",)),)))

        assert "ben@a.example" in server.named("sendMessage")[0]["text"]

    async def test_a_reaction_is_one_of_telegrams_emoji(
        self, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        """With or without a variation selector. An empty one takes it back. Others are a reply."""
        for emoji in ("❤\N{VARIATION SELECTOR-16}", "", "🦆"):
            await send(messenger, ReactionPart(message_id=f"{ANA}.7", emoji=emoji))

        reactions = [call["reaction"] for call in server.named("setMessageReaction")]
        assert reactions == [[{"type": "emoji", "emoji": "❤"}], []]
        (reply,) = server.named("sendMessage")
        assert (reply["text"], reply["reply_parameters"]["message_id"]) == ("🦆", 7)

    async def test_a_reaction_to_a_tap_is_refused_here(self, messenger: TelegramMessenger) -> None:
        """A tap is no message."""
        error = await failure_of(messenger, ReactionPart(message_id=f"{TAP}77", emoji="👍"))

        assert error.failure is SendFailure.PART_REFUSED


class TestFiles:
    @pytest.mark.parametrize("kind", MediaKind)
    async def test_telegram_fetches_a_link_itself(
        self, messenger: TelegramMessenger, server: BotApiServer, kind: MediaKind
    ) -> None:
        part = MediaPart(kind=kind, link="https://a.example/file", caption="Ours")

        await send(messenger, part)

        field = "photo" if kind is MediaKind.IMAGE else kind.value
        assert server.calls[0].method == f"send{field.capitalize()}"
        assert server.calls[0].fields[field] == "https://a.example/file"
        texts = [call.fields.get("caption") or call.fields.get("text") for call in server.calls]
        assert "Ours" in texts

    async def test_a_whole_file_travels_with_its_message(
        self, api: BotApi, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        """Telegram takes no file before its message. A caption and a reply come with it."""
        media = TelegramMedia(api=api)
        file = media.accepted(
            file=FilePart(
                kind=MediaKind.DOCUMENT, content=b"%PDF-1.4", caption="**Yours**", filename="bill.pdf", reply_to="1.7"
            )
        )
        part: DraftPart = file.uploaded_as(await media.upload(file=file))
        assert isinstance(part, MediaPart)

        sent = await messenger.send(part=part, to=PERSON, reference="")

        (call,) = server.calls
        assert call.method == "sendDocument"
        assert call.fields["document"] == b"%PDF-1.4"
        assert call.fields["reply_parameters"]["message_id"] == 7
        assert sent.message_id

    @pytest.mark.parametrize(
        ("kind", "content", "mime_type", "shown_as"),
        [
            (MediaKind.IMAGE, b"\xff\xd8\xff\xe0 jpeg", "", MediaKind.IMAGE),
            (MediaKind.IMAGE, b"GIF89a", "image/gif", MediaKind.DOCUMENT),
            (MediaKind.VOICE, b"OggS", "audio/ogg", MediaKind.VOICE),
            (MediaKind.AUDIO, b"OggS", "audio/ogg", MediaKind.VOICE),
            (MediaKind.AUDIO, b"ID3", "audio/mpeg", MediaKind.AUDIO),
            (MediaKind.VIDEO, b"webm", "video/webm", MediaKind.DOCUMENT),
            (MediaKind.STICKER, b"png", "image/png", MediaKind.DOCUMENT),
        ],
    )
    async def test_a_file_is_shown_as_its_format_allows(
        self, api: BotApi, kind: MediaKind, content: bytes, mime_type: str, shown_as: MediaKind
    ) -> None:
        file = TelegramMedia(api=api).accepted(file=FilePart(kind=kind, content=content, mime_type=mime_type))

        assert file.kind is shown_as
        assert bool(file.filename) == (shown_as is MediaKind.DOCUMENT)

    async def test_a_file_that_is_too_large_is_refused_here(self, api: BotApi) -> None:
        """The person gets a text in its place."""
        with pytest.raises(SendFailedError) as raised:
            await TelegramMedia(api=api).upload(file=FilePart(kind=MediaKind.DOCUMENT, content=bytes(10_500_000)))

        assert raised.value.failure is SendFailure.MEDIA_REFUSED


REFUSALS = (
    (429, "Too Many Requests: retry after 35", SendFailure.THROTTLED),
    (401, "Unauthorized", SendFailure.ACCOUNT_BLOCKED),
    (404, "Not Found", SendFailure.ACCOUNT_BLOCKED),
    (403, "Forbidden: bot was blocked by the user", SendFailure.PERSON_UNREACHABLE),
    (403, "Forbidden: user is deactivated", SendFailure.PERSON_UNREACHABLE),
    (403, "Forbidden: bot can't initiate conversation with a user", SendFailure.PERSON_UNREACHABLE),
    (400, "Bad Request: chat not found", SendFailure.FINAL),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", SendFailure.MEDIA_REFUSED),
    (400, "Bad Request: failed to get HTTP URL content", SendFailure.MEDIA_REFUSED),
    (400, "Bad Request: wrong type of the web page content", SendFailure.MEDIA_REFUSED),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", SendFailure.MEDIA_REFUSED),
    (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", SendFailure.MEDIA_REFUSED),
    (413, "Request Entity Too Large", SendFailure.MEDIA_REFUSED),
    (400, "Bad Request: BUTTON_DATA_INVALID", SendFailure.PART_REFUSED),
    (400, "Bad Request: message is too long", SendFailure.PART_REFUSED),
    (500, "Internal Server Error", SendFailure.UNKNOWN),
    (502, "Bad Gateway", SendFailure.UNKNOWN),
)


class TestRefusals:
    @pytest.mark.parametrize(("status", "description", "failure"), REFUSALS, ids=str)
    async def test_every_refusal_is_classified(
        self, messenger: TelegramMessenger, server: BotApiServer, status: int, description: str, failure: SendFailure
    ) -> None:
        server.script.append(refusal(status, description))

        error = await failure_of(messenger)

        assert error.failure is failure
        assert description in error.detail
        assert loggable(error.detail) == f"HTTP {status}, sendMessage"

    async def test_telegram_says_how_long_to_wait(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        server.script.append(refusal(429, "Too Many Requests: retry after 35", retry_after=35))

        assert (await failure_of(messenger)).retry_after_seconds == 35

    async def test_a_group_that_moved_is_final(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        """It has another id now, and groups are not answered."""
        moved = refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001)
        server.script.append(moved)

        assert (await failure_of(messenger)).failure is SendFailure.FINAL

    async def test_an_unknown_chat_is_final(self, messenger: TelegramMessenger) -> None:
        error = await failure_of(messenger, to=Person(user_id="999"))

        assert error.failure is SendFailure.FINAL

    @pytest.mark.parametrize("stranger", [Person(phone="15550002222"), Person(user_id="@ana")])
    async def test_a_person_without_a_user_id_cannot_be_written_to(
        self, messenger: TelegramMessenger, server: BotApiServer, stranger: Person
    ) -> None:
        """Telegram knows no phone numbers. Nothing is called."""
        error = await failure_of(messenger, to=stranger)

        assert error.failure is SendFailure.FINAL
        assert not server.calls

    async def test_no_error_shows_the_token(
        self, api: BotApi, messenger: TelegramMessenger, server: BotApiServer
    ) -> None:
        """It is in each address, and an answer might repeat it."""
        server.script.append(refusal(400, f"Bad Request: no /bot{TOKEN}/sendMessage"))
        nowhere = TelegramMessenger(api=BotApi(client=api.client, api_url=unused_address(), bot_token=TOKEN))

        errors = [await failure_of(messenger), await failure_of(nowhere)]

        assert errors[1].failure is SendFailure.UNREACHABLE
        for error in errors:
            assert TOKEN not in "".join(traceback.format_exception(error))
        assert TOKEN not in repr(api)


class TestTaps:
    async def test_a_button_stops_spinning(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        query = await server.tap()

        await messenger.taken(message=message(message_id=f"{TAP}{query}", person=PERSON))

        assert server.named("answerCallbackQuery") == [{"callback_query_id": query}]

    async def test_a_late_tap_is_refused_without_harm(self, messenger: TelegramMessenger) -> None:
        """As an acknowledgement may be."""
        with pytest.raises(SendFailedError):
            await messenger.taken(message=message(message_id=f"{TAP}78", person=PERSON))

    async def test_other_messages_need_no_answer(self, messenger: TelegramMessenger, server: BotApiServer) -> None:
        await messenger.taken(message=message(message_id=f"{ANA}.7", person=PERSON))

        assert not server.calls
